--TEST--
An action that has ended may be kept when its manager and the listeners are collected
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
$action = $manager->send(new GenericAction('Ping'));
$action->await();
$manager->onAnyEvent(function () use ($manager) {});
$weak = \WeakReference::create($manager);
unset($manager);
gc_collect_cycles();
var_dump($weak->get(), sockets());
// What was freed would be overwritten here.
$others = array_map(fn (int $i) => fn () => $i, range(1, 1000));
var_dump($action->isComplete(), $action->response()->status, $action->cancel(), count($action->events()));
unset($action);
var_dump($others[4]());
?>
--EXPECT--
NULL
int(0)
bool(true)
string(7) "Success"
bool(false)
int(0)
int(5)
