--TEST--
A slow listener shows in the times of its server, of the events behind it and of the tick; one that throws is counted for its server
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

$simulator = new Simulator(2);
$manager = $simulator->ready();
$manager->onEvent('Slow', function (): void { usleep(30_000); });
$manager->onEvent('Bad', function (): void { throw new \RuntimeException('bad'); });
// How many of what was timed were longer than so many seconds.
$over = function (array $histogram, string $seconds): int { return $histogram['count'] - $histogram['buckets'][$seconds]; };
$tell = function (string $key) use ($manager, $over): void {
    ['servers' => [$key => $server], 'process' => $process] = $manager->metrics();
    echo $key, ': ', $server['listener_duration_seconds']['count'], ' timed, ', $over($server['listener_duration_seconds'], '0.025'), ' slow, ',
        $over($server['event_lag_seconds'], '0.025'), ' late, ', $server['listener_failures'], " failed\n";
};
$simulator->send('pbx1', ['Slow', 'Slow', 'Slow']);
until($manager, fn () => $manager->metrics()['servers']['pbx1']['events_dispatched'] === 3);
$tell('pbx1');
$tell('pbx2');
var_dump($over($manager->metrics()['process']['tick_duration_seconds'], '0.025') >= 1);
$simulator->send('pbx2', ['Bad']);
until($manager, fn () => @$manager->tickAll(0) && $manager->metrics()['servers']['pbx2']['events_dispatched'] === 1);
$tell('pbx2');
var_dump($manager->metrics()['process']['callback_failures']);
?>
--EXPECTF--
pbx1: 3 timed, 3 slow, 2 late, 0 failed
pbx2: 0 timed, 0 slow, 0 late, 0 failed
bool(true)
%Apbx2: 1 timed, 0 slow, 0 late, 1 failed
int(1)
