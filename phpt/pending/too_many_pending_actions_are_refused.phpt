--TEST--
Over max_pending_actions and over the write buffer's limit, sending is refused and nothing is queued
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
$client = $simulator->ready(['max_pending_actions' => 2])->default();
$client->send(new GenericAction('WaitEvent', ['Timeout' => '1']));
$second = $client->send(new GenericAction('Ping'));
$e = thrown(fn () => $client->send(new GenericAction('Ping')));
var_dump($e->limitName(), $e->limit(), $e->current(), $e->serverKey(), $client->health()['pending_actions']);
var_dump($second->await()->get('Ping'));
?>
--EXPECT--
BackpressureException: "pbx1": 2 actions wait for answers already
string(19) "max_pending_actions"
int(2)
int(2)
string(4) "pbx1"
int(2)
string(4) "Pong"
