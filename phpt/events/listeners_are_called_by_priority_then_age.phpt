--TEST--
Listeners are called by priority, those of the same priority by age
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
$manager = $simulator->ready();
$order = [];
$listen = function (string $name) use (&$order) { return function () use (&$order, $name) { $order[] = $name; }; };
$manager->onEvent('One', $listen('a'));
$manager->onAnyEvent($listen('any'));
$manager->default()->onEvent('ONE', $listen('b, own server'));
$manager->onEvent('one', $listen('high'), priority: 10);
$manager->onAnyEvent($listen('highest'), priority: 11);
$manager->onEvent('One', $listen('low'), null, -5);
$manager->onEvent('One', $listen('c'));
$manager->onEvent('Other', $listen('never'));
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$order) { return $order !== []; });
echo implode("\n", $order), "\n";
?>
--EXPECT--
highest
high
a
any
b, own server
c
low
