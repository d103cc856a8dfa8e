--TEST--
select() and send() take the servers that are ready in turn
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

$simulator = new Simulator(3);
$manager = $simulator->manager();
$refused = thrown(fn () => $manager->select());
var_dump($refused->state(), $refused->serverKey());
thrown(fn () => $manager->send(new GenericAction('Ping')));
$manager->server('pbx1')->waitUntilReady();
$manager->server('pbx3')->waitUntilReady();
echo implode(' ', array_map(fn () => $manager->select()->serverKey(), range(1, 4))), "\n";
?>
--EXPECT--
InvalidConnectionStateException: no server is ready: "pbx1" is disconnected, "pbx2" is disconnected, "pbx3" is disconnected
NULL
NULL
InvalidConnectionStateException: no server is ready: "pbx1" is disconnected, "pbx2" is disconnected, "pbx3" is disconnected
pbx1 pbx3 pbx1 pbx3
