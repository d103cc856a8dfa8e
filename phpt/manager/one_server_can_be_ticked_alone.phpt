--TEST--
tick() and poll() work for one server only
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
$heard = [];
$manager->onEvent('One', function (AmiEvent $event) use (&$heard) { $heard[] = $event->serverKey; });
$simulator->send('pbx1', ['One']);
$simulator->send('pbx2', ['One']);
for ($until = microtime(true) + 5; $heard === [] && microtime(true) < $until;) {
    $manager->tick('pbx2', 50);
}
$manager->poll('pbx2');
echo implode(' ', $heard), "\n";
until($manager, function () use (&$heard) { return count($heard) === 2; });
echo implode(' ', $heard), "\n";
$summary = $manager->tickAll();
var_dump($summary->timeoutClamped, $summary->listenerFailures, $manager->tickAll(100_000)->timeoutClamped, $manager->metrics()['process']['timeouts_clamped'], is_int($manager->nextTimerMs()));
?>
--EXPECT--
pbx2
pbx2 pbx1
bool(false)
int(0)
bool(true)
int(1)
bool(true)
