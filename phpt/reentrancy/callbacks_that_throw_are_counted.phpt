--TEST--
onComplete callbacks that throw stop no other, and are told like listeners
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
$pending = $manager->send(new GenericAction('Ping'));
$pending->onComplete(function () { throw new \RuntimeException('first'); })->onComplete(function () { echo "second\n"; });
$pending->await();
$manager->tickAll();
var_dump($manager->metrics()['process']['callback_failures']);
thrown(fn () => $pending->onComplete(function () { throw new \RuntimeException('at once'); }));
var_dump($pending->onComplete(fn ($error, $response, $events) => print($response->get('Ping') . "\n")) === $pending);
?>
--EXPECTF--
second

Warning: %S: a callback threw: RuntimeException: first in %s on line %d
int(1)
RuntimeException: at once
Pong
bool(true)
