--TEST--
A port that nobody listens on is a ConnectionException that names it, and a log
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
require __DIR__ . '/../psr.inc';

$simulator = new Simulator();
$simulator->tell('pbx1 fault refuse');
$logger = new Records();
$manager = $simulator->manager(['max_reconnect_attempts' => 2], [], logger: $logger);
$client = $manager->default();
$e = thrown(fn () => $client->call(new GenericAction('Ping'), 5000));
var_dump(substr($e::class, 14), $e->host(), $e->port() === $simulator->ports['pbx1'], $e->serverKey(), $e->state());
$e = thrown(fn () => $client->waitUntilReady(100));
foreach ($logger->of('connecting failed') as $context) {
    ksort($context);
    echo implode(' ', array_keys($context)), "\n";
    var_dump($context['host'], $context['port'] === $simulator->ports['pbx1'], $context['attempt'], $context['backoff'] > 0, $context['next_retry_at'] === $context['timestamp_ms'] + $context['backoff']);
}
var_dump(count($logger->of('given up')));
$simulator->tell('pbx1 fault clear');
$client->open();
var_dump($client->waitUntilReady()->state());
?>
--EXPECT--
ConnectionException: "pbx1" (HOST:PORT): Connection refused (os error 111)
string(19) "ConnectionException"
string(9) "127.0.0.1"
bool(true)
string(4) "pbx1"
enum(Apn\AmiClient\ConnectionState::Fatal)
ConnectionException: "pbx1" (HOST:PORT): Connection refused (os error 111)
action_id actions_lost attempt backoff error host next_retry_at port queue_depth reason server_key timestamp_ms worker_pid
string(9) "127.0.0.1"
bool(true)
int(1)
bool(true)
bool(true)
action_id actions_lost attempt backoff error host next_retry_at port queue_depth reason server_key timestamp_ms worker_pid
string(9) "127.0.0.1"
bool(true)
int(2)
bool(true)
bool(true)
int(1)
enum(Apn\AmiClient\ConnectionState::Ready)
