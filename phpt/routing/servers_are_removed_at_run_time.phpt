--TEST--
A removed server says goodbye, ends what was its own, and gives its key free
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

$simulator = new Simulator(2);
$manager = $simulator->ready();
$one = $manager->server('pbx1');
$outcomes = [];
$pending = $one->send(new GenericAction('WaitEvent', ['Timeout' => 3]));
$pending->onComplete(function (?\Throwable $error) use (&$outcomes): void { $outcomes[] = $error; });
$own = $one->onAnyEvent(fn () => print("not heard\n"));
$all = $manager->onEvent('Hello', function (AmiEvent $event): void { echo "heard of $event->serverKey\n"; });
$sessions = $manager->metrics()['servers']['pbx1']['sessions'];

var_dump($manager->removeServer('pbx1'), $manager->removeServer('pbx1'), $manager->removeServer('pbx9'));
var_dump($own->isActive(), $all->isActive(), array_keys($manager->health()), $one->state());
foreach (['open', 'close', 'health'] as $method) {
    thrown(fn () => $one->$method());
}
$error = thrown(fn () => $one->send(new GenericAction('Ping')));
var_dump($error->serverKey(), $error->state());
thrown(fn () => $one->call(new GenericAction('Ping')));
thrown(fn () => $one->waitUntilReady());
thrown(fn () => $one->onEvent('Hello', fn () => null));
thrown(fn () => $manager->server('pbx1'));
$error = thrown(fn () => $manager->default());
var_dump($error->key(), $error->value());
echo $manager->select()->serverKey(), $manager->select()->serverKey(), "\n";

echo "its key is used again at once\n";
$again = $manager->addServer(ServerConfig::fromArray('pbx1', ['host' => '127.0.0.1', 'port' => $simulator->ports['pbx1'], 'username' => 'dialer', 'secret' => 's3cret']));
$again->waitUntilReady();
until($manager, fn () => $one->state() === ConnectionState::Disconnected);
foreach ($outcomes as $outcome) {
    echo get_debug_type($outcome), ': ', $outcome->getMessage(), "\n";
}
until($manager, fn () => $simulator->count('pbx1', 'connections_open') === 1);
var_dump($manager->default()->serverKey());
$simulator->send('pbx1', ['Hello']);
until($manager, fn () => $manager->metrics()['servers']['pbx1']['events_dispatched'] > 0);
thrown(fn () => $one->send(new GenericAction('Ping')));
var_dump($one->serverKey(), $pending->serverKey(), $one->asteriskVersion());
$metrics = $manager->metrics();
var_dump($metrics['removed']['servers'], $metrics['removed']['sessions'] === $sessions, $metrics['removed']['actions']['lost']);

echo "the last one may go, too\n";
$manager->removeServer('pbx1');
$manager->removeServer('pbx2');
thrown(fn () => $manager->select());
$manager->terminate();
$manager->tickAll();
var_dump($manager->health(), sockets(), $manager->nextTimerMs());
?>
--EXPECT--
bool(true)
bool(false)
bool(false)
bool(false)
bool(true)
array(1) {
  [0]=>
  string(4) "pbx2"
}
enum(Apn\AmiClient\ConnectionState::Closing)
InvalidConnectionStateException: "pbx1" was removed from its manager
InvalidConnectionStateException: "pbx1" was removed from its manager
InvalidConnectionStateException: "pbx1" was removed from its manager
InvalidConnectionStateException: "pbx1" was removed from its manager
string(4) "pbx1"
enum(Apn\AmiClient\ConnectionState::Closing)
InvalidConnectionStateException: "pbx1" was removed from its manager
InvalidConnectionStateException: "pbx1" was removed from its manager
InvalidConnectionStateException: "pbx1" was removed from its manager
InvalidConfigurationException: there is no server "pbx1"; did you mean "pbx2"?
InvalidConfigurationException: default: the server "pbx1" was removed
string(7) "default"
string(4) "pbx1"
pbx2pbx2
its key is used again at once
Apn\AmiClient\ConnectionLostException: WaitEvent on "pbx1": the connection was lost before the answer, so that its outcome is not known: the connection was closed by the application
string(4) "pbx1"
heard of pbx1
InvalidConnectionStateException: "pbx1" was removed from its manager
string(4) "pbx1"
string(4) "pbx1"
NULL
int(1)
bool(true)
int(1)
the last one may go, too
InvalidConnectionStateException: no server is ready: there is none
array(0) {
}
int(0)
NULL
