--TEST--
A listener that cancels itself or a later one for the same event
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
$heard = [];
$first = $manager->onEvent('One', function () use (&$heard, &$first, &$third) {
    $heard[] = 'first';
    $first->cancel();
    $third->cancel();
    $first->cancel();
});
$second = $manager->onEvent('One', function () use (&$heard) { $heard[] = 'second'; });
$third = $manager->onEvent('One', function () use (&$heard) { $heard[] = 'third'; }, priority: -1);
$simulator->send('pbx1', ['One', 'One']);
until($manager, function () use (&$heard) { return count($heard) >= 3; });
$manager->tickAll(50);
echo implode(' ', $heard), "\n";
var_dump($first->isActive(), $second->isActive(), $third->isActive(), $second->eventName(), $third->priority());
$second->cancel();
var_dump($second->isActive(), $manager->onAnyEvent(fn () => 1)->eventName());
?>
--EXPECT--
first second second
bool(false)
bool(true)
bool(false)
string(3) "One"
int(-1)
bool(false)
NULL
