--TEST--
Without a resolver of the application's, host names are looked up by the system, and a name that is not known says so
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
$options = ['enforce_ip_endpoints' => false];
$manager = $simulator->manager($options, ['host' => 'localhost']);
var_dump($manager->metrics()['servers']['pbx1']['lookups']);
var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'));
var_dump($manager->metrics()['servers']['pbx1']['lookups'] >= 1);

$logger = new Records();
$manager = $simulator->manager($options + ['connect_timeout' => 2, 'max_reconnect_attempts' => 1], ['host' => 'pbx.invalid'], logger: $logger);
$e = thrown(fn () => $manager->default()->call(new GenericAction('Ping'), 20_000));
var_dump($e->host(), $e->port() === $simulator->ports['pbx1'], $e->state());
[$context] = $logger->of('connecting failed');
var_dump($context['host'], $context['reason'], $context['attempt'], isset($context['address']));
$counters = $manager->metrics()['servers']['pbx1'];
var_dump($counters['lookups'], $counters['lookups_failed'], $counters['connect_attempts']);
?>
--EXPECTF--
int(0)
string(4) "Pong"
bool(true)
ConnectionException: "pbx1" (pbx.invalid:%d): the host name could not be resolved: %s
string(11) "pbx.invalid"
bool(true)
enum(Apn\AmiClient\ConnectionState::Fatal)
string(11) "pbx.invalid"
string(10) "unresolved"
int(1)
bool(false)
int(2)
int(2)
int(0)
