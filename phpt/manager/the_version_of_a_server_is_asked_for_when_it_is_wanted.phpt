--TEST--
The version of a server is asked for when it is wanted, and known some ticks later
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
$client = $manager->server('pbx1');
var_dump($client->asteriskVersion(), $client->amiVersion());
$client->waitUntilReady();
var_dump($client->amiVersion(), $client->asteriskVersion());
until($manager, fn () => $client->asteriskVersion() !== null);
var_dump($client->asteriskVersion(), $client->health()['pending_actions'], $manager->metrics()['servers']['pbx1']['actions_sent']);

$simulator->tell('pbx1 fault reset');
until($manager, fn () => !in_array($client->state(), [ConnectionState::Ready, ConnectionState::Degraded], true));
var_dump($client->asteriskVersion());
$client->waitUntilReady();
until($manager, fn () => $client->asteriskVersion() !== null);
var_dump($client->asteriskVersion());
?>
--EXPECT--
NULL
NULL
string(6) "11.0.0"
NULL
string(17) "22.10.1-simulated"
int(0)
int(0)
NULL
string(17) "22.10.1-simulated"
