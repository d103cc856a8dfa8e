--TEST--
What waits when a connection is lost fails, and sending is refused until it is back
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
$client = $manager->default();
$pending = $client->send(new GenericAction('WaitEvent', ['Timeout' => '60']));
$manager->tickAll(50);
$simulator->tell('pbx1 fault refuse');
$simulator->tell('pbx1 fault reset');
$error = thrown(fn () => $pending->await());
var_dump($error->actionId() === $pending->actionId(), $error->serverKey(), $error->host(), $error->port() === $simulator->ports['pbx1'], $error->state());
$refused = thrown(fn () => $client->send(new GenericAction('Ping')));
var_dump($refused->state(), $refused->serverKey(), substr($refused->getPrevious()::class, 14), $refused->getPrevious()->host());
$simulator->tell('pbx1 fault clear');
var_dump($client->call(new GenericAction('Ping'))->get('Ping'), $client->health()['sessions']);

$never = $simulator->manager()->default();
$refused = thrown(fn () => $never->send(new GenericAction('Ping')));
var_dump($refused->state(), $refused->getPrevious());
$simulator->tell('pbx1 fault mute');
$client->close();
$refused = thrown(fn () => $client->send(new GenericAction('Ping')));
var_dump($refused->state());
?>
--EXPECT--
ConnectionLostException: WaitEvent on "pbx1": the connection was lost before the answer, so that its outcome is not known: Connection reset by peer (os error 104)
bool(true)
string(4) "pbx1"
string(9) "127.0.0.1"
bool(true)
enum(Apn\AmiClient\ConnectionState::Reconnecting)
InvalidConnectionStateException: "pbx1": the connection is reconnecting
enum(Apn\AmiClient\ConnectionState::Reconnecting)
string(4) "pbx1"
string(19) "ConnectionException"
string(9) "127.0.0.1"
string(4) "Pong"
int(2)
InvalidConnectionStateException: "pbx1": the connection is disconnected
enum(Apn\AmiClient\ConnectionState::Disconnected)
NULL
InvalidConnectionStateException: "pbx1": the connection is closing
enum(Apn\AmiClient\ConnectionState::Closing)
