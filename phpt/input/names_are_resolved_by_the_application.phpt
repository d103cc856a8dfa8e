--TEST--
Host names are resolved by the application where it gives a resolver, at the start and never in a tick
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
$options = ['enforce_ip_endpoints' => false];
$asked = [];
$manager = $simulator->manager($options, ['host' => 'pbx.example'], resolver: function (string $name) use (&$asked) { $asked[] = $name; return '127.0.0.1'; });
var_dump($asked, $manager->default()->call(new GenericAction('Ping'))->get('Ping'), $asked);
foreach ([fn () => null, fn () => 'not an address', fn () => 1, function () { throw new \RuntimeException('no DNS'); }] as $resolver) {
    $e = thrown(fn () => $simulator->manager($options, ['host' => 'pbx.example'], resolver: $resolver));
    var_dump($e->key(), $e->getPrevious()?->getMessage());
}
thrown(fn () => $simulator->manager([], ['host' => 'pbx.example'], resolver: fn () => '127.0.0.1'));
?>
--EXPECT--
array(1) {
  [0]=>
  string(11) "pbx.example"
}
string(4) "Pong"
array(1) {
  [0]=>
  string(11) "pbx.example"
}
InvalidConfigurationException: servers.pbx1.host: "pbx.example" was not resolved to an IP address
string(17) "servers.pbx1.host"
NULL
InvalidConfigurationException: servers.pbx1.host: "pbx.example" was not resolved to an IP address
string(17) "servers.pbx1.host"
NULL
InvalidConfigurationException: servers.pbx1.host: "pbx.example" was not resolved to an IP address
string(17) "servers.pbx1.host"
NULL
InvalidConfigurationException: servers.pbx1.host: "pbx.example" could not be resolved: no DNS
string(17) "servers.pbx1.host"
string(6) "no DNS"
InvalidConfigurationException: servers.pbx1.host: "pbx.example" is a name, and enforce_ip_endpoints allows only IP addresses
