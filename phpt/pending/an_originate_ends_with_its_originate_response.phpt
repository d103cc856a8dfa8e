--TEST--
An Originate is asynchronous and ends with its OriginateResponse
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
$originate = fn (string $extension) => new GenericAction('Originate', ['Channel' => "Local/$extension@default", 'Context' => 'default', 'Exten' => '1000', 'Priority' => '1', 'Timeout' => '2000']);
$pending = $manager->send($originate('1000'));
$response = $pending->await(5000);
$event = $pending->events()[0];
var_dump($response->status, count($pending->events()), $event->name, $event->get('Response'), $event->get('ActionID') === $pending->actionId());
$busy = $manager->send($originate('1003'));
$failed = thrown(fn () => $busy->await(5000));
var_dump($busy->response()->status, $failed->response() === $busy->response(), $failed->reason(), $failed->result()->get('Response'), $busy->events()[0]->get('Response'));

$deaf = $simulator->ready([], ['events' => 'off']);
$refused = thrown(fn () => $deaf->send($originate('1000')));
var_dump($refused->key(), $refused->value());
?>
--EXPECT--
string(7) "Success"
int(1)
string(17) "OriginateResponse"
string(7) "Success"
bool(true)
OriginateFailedException: Originate on "pbx1": the call failed: busy (reason 5)
string(7) "Success"
bool(true)
int(5)
string(7) "Failure"
string(7) "Failure"
InvalidConfigurationException: "pbx1": the result of Originate is an event of class call, which this server's `events` leave out
string(6) "events"
string(3) "off"
