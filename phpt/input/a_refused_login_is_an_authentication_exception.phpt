--TEST--
A wrong secret is an AuthenticationException, with the secret nowhere
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--INI--
zend.exception_ignore_args=0
zend.exception_string_param_max_len=1000
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';
require __DIR__ . '/../psr.inc';

$simulator = new Simulator(1, '--auth-delay', '0');
$logger = new Records();
$manager = $simulator->manager([], ['secret' => 'wr0ngs3cret'], logger: $logger);
$client = $manager->default();
$e = thrown(fn () => $client->call(new GenericAction('Ping')));
var_dump($e->serverKey(), $e->state(), $e->host(), $e->port() === $simulator->ports['pbx1'], $client->state());
thrown(fn () => $client->waitUntilReady());
var_dump($client->health()['circuit'], $client->health()['last_error']);
$refused = thrown(fn () => $client->send(new GenericAction('Ping')));
$plain = $simulator->manager([], ['secret' => 'wr0ngs3cret', 'auth' => 'plain'], logger: $logger);
$f = thrown(fn () => $plain->default()->waitUntilReady());
until($plain, fn () => \count($logger->of('connecting failed')) >= 2);
ob_start();
var_dump($manager, $client, $e, $refused, $f, $manager->health(), $manager->metrics());
print_r([$manager, $client, $e, $refused, $f]);
var_export([$manager, $client]);
$shown = ob_get_clean() . $e . $refused . $f . print_r($logger->records, true) . json_encode([$manager, $client]);
var_dump(str_contains($shown, 'wr0ngs3cret'), count($logger->of('connecting failed')) >= 2);
?>
--EXPECT--
AuthenticationException: "pbx1" (HOST:PORT): the login was refused: Authentication failed
string(4) "pbx1"
enum(Apn\AmiClient\ConnectionState::Reconnecting)
string(9) "127.0.0.1"
bool(true)
enum(Apn\AmiClient\ConnectionState::Reconnecting)
AuthenticationException: "pbx1" (HOST:PORT): the login was refused: Authentication failed
enum(Apn\AmiClient\CircuitState::Open)
string(44) "the login was refused: Authentication failed"
InvalidConnectionStateException: "pbx1": the connection is reconnecting
AuthenticationException: "pbx1" (HOST:PORT): the login was refused: Authentication failed
bool(false)
bool(true)
