--TEST--
An event of event_priorities that comes while listeners are slow goes before all that wait for them, and those are seen to wait
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

$simulator = new Simulator();
$manager = $simulator->ready(['io' => 'background', 'event_priorities' => ['Urgent']]);
$client = $manager->server('pbx1');
// The thread reads while PHP is here.
$until_waiting = function (int $events) use ($client): int {
    for ($until = microtime(true) + 5; $client->health()['queued_events'] < $events && microtime(true) < $until;) {
        usleep(1_000);
    }
    return $client->health()['queued_events'];
};
$told = [];
$manager->onEvent('Slow', function () use (&$told, $until_waiting, $simulator) {
    $told[] = 'Slow';
    usleep(5_000);
    if (count($told) === 10) {
        $simulator->send('pbx1', ['Urgent']);
        echo $until_waiting(41), " wait\n";
    }
});
$manager->onEvent('Urgent', function () use (&$told) { $told[] = 'Urgent'; });
$simulator->send('pbx1', array_fill(0, 50, 'Slow'));
echo $until_waiting(50), " wait\n";
until($manager, function () use (&$told) { return count($told) >= 51; });
echo array_search('Urgent', $told, true), " were told before\n";
?>
--EXPECT--
50 wait
41 wait
10 were told before
