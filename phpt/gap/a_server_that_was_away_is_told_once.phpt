--TEST--
A server that comes back is told once, between the events of the old session and those of the new one
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
$manager = $simulator->manager(['backoff_min_ms' => 100]);
$order = [];
$manager->onAnyEvent(function (AmiEvent $event) use (&$order) { $order[] = $event->name; });
$gaps = [];
var_dump($manager === $manager->onGap(function (ConnectionGap $gap) use (&$gaps, &$order) { $gaps[] = $gap; $order[] = 'gap'; }));
$client = $manager->default()->waitUntilReady();
$simulator->send('pbx1', ['Old']);
until($manager, function () use (&$order) { return in_array('Old', $order); });
var_dump($gaps);
$before = microtime(true);
$order = [];
$simulator->tell('pbx1 fault reset');
until($manager, function () use (&$gaps) { return $gaps !== []; });
$simulator->send('pbx1', ['New']);
until($manager, function () use (&$order) { return in_array('New', $order); });
echo implode(' ', $order), "\n";
[$gap] = $gaps;
var_dump($gap->serverKey, $gap->reason, $gap->message, $gap->sessions, $gap->eventsDropped, $gap->status, $gap->channels, $gap->queues);
var_dump($gap->from < $gap->to, $gap->to - $gap->from < 10, $gap->to > $before);
foreach ([fn () => $gap->reason = 'x', fn () => clone $gap, fn () => serialize($gap)] as $attempt) {
    thrown($attempt);
}
?>
--EXPECT--
bool(true)
array(0) {
}
gap FullyBooted New
string(4) "pbx1"
string(8) "io_error"
string(39) "Connection reset by peer (os error 104)"
int(1)
int(0)
NULL
NULL
NULL
bool(true)
bool(true)
bool(true)
Error: Cannot modify readonly property Apn\AmiClient\ConnectionGap::$reason
Error: Trying to clone an uncloneable object of class Apn\AmiClient\ConnectionGap
Exception: Serialization of 'Apn\AmiClient\ConnectionGap' is not allowed
