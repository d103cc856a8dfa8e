--TEST--
An action that is not answered in time fails; await() alone gives up only waiting
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
$manager = $simulator->ready(['action_timeout' => 0.3]);
$client = $manager->default();
$simulator->tell('pbx1 fault mute action=CoreStatus');
$pending = $client->send(new GenericAction('CoreStatus'));
$waited = thrown(fn () => $pending->await(50));
var_dump($waited->timeoutMs(), $pending->isComplete());
$failed = thrown(fn () => $pending->await());
var_dump($failed->timeoutMs(), $pending->isComplete(), $failed->actionId() === $pending->actionId(), $failed->actionName(), $failed->serverKey(), $pending->response());
$own = thrown(fn () => $client->call(new GenericAction('CoreStatus', [], new SingleResponse(100))));
var_dump($own->timeoutMs());
$simulator->tell('pbx1 fault clear');
var_dump($client->state(), $client->call(new GenericAction('Ping'))->get('Ping'));
thrown(fn () => $client->send(new GenericAction('Ping'))->await(-1));
thrown(fn () => $client->call(new GenericAction('Ping'), -1));
thrown(fn () => $client->waitUntilReady(-1));
?>
--EXPECT--
ActionTimeoutException: CoreStatus on "pbx1": no complete answer within 50 ms; it is still waited for
int(50)
bool(false)
ActionTimeoutException: CoreStatus on "pbx1": no complete answer within 300 ms
int(300)
bool(true)
bool(true)
string(10) "CoreStatus"
string(4) "pbx1"
NULL
ActionTimeoutException: CoreStatus on "pbx1": no complete answer within 100 ms
int(100)
enum(Apn\AmiClient\ConnectionState::Ready)
string(4) "Pong"
InvalidConfigurationException: timeoutMs: -1 is negative; 0 does not wait
InvalidConfigurationException: timeoutMs: -1 is negative; 0 does not wait
InvalidConfigurationException: timeoutMs: -1 is negative; 0 does not wait
