--TEST--
A manager opens no socket until it is told to, unless lazy is off
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
$manager = $simulator->manager();
$manager->tickAll(10);
var_dump($manager->default()->state(), sockets(), $simulator->count('pbx1', 'connections_accepted'));
$manager->connectAll();
until($manager, fn () => $manager->default()->state() === ConnectionState::Ready);
var_dump(sockets());
unset($manager);
var_dump(sockets());

$eager = $simulator->manager(['lazy' => false]);
until($eager, fn () => $eager->default()->state() === ConnectionState::Ready);
var_dump($eager->default()->state());
?>
--EXPECT--
enum(Apn\AmiClient\ConnectionState::Disconnected)
int(0)
int(0)
int(1)
int(0)
enum(Apn\AmiClient\ConnectionState::Ready)
