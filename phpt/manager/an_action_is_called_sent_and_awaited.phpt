--TEST--
An action is called, sent with a callback, and awaited
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
$response = $client->call(new GenericAction('Ping'));
var_dump($response->status, $response->get('ping'), $response->serverKey, $response->isSuccess(), $client->amiVersion(), $client->serverKey());

$pending = $client->send(new GenericAction('Ping'));
var_dump($pending->isComplete(), $pending->response(), $pending->error(), $pending->events());
$same = $pending->onComplete(function (?\Throwable $error, ?AmiResponse $response, array $events) use (&$pending) {
    var_dump($error, $response?->get('Ping'), $events, $response?->actionId() === $pending->actionId(), $pending->isComplete());
});
var_dump($same === $pending);
$awaited = $pending->await();
var_dump($awaited === $pending->response(), $pending->await() === $awaited, $pending->serverKey());

$list = $client->send(new GenericAction('QueueStatus'));
$list->await(5000);
$names = array_map(fn (AmiEvent $event) => $event->name, $list->events());
var_dump(count($names) > 2, $names[0], end($names), $list->events() === $list->events());
?>
--EXPECT--
string(7) "Success"
string(4) "Pong"
string(4) "pbx1"
bool(true)
string(6) "11.0.0"
string(4) "pbx1"
bool(false)
NULL
NULL
array(0) {
}
bool(true)
NULL
string(4) "Pong"
array(0) {
}
bool(true)
bool(true)
bool(true)
bool(true)
string(4) "pbx1"
bool(true)
string(11) "QueueParams"
string(19) "QueueStatusComplete"
bool(true)
