--TEST--
A ServerConfig shows what it was given, from arguments or from an array
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/helper.inc';

$server = new ServerConfig('pbx1', '192.0.2.1', "J\xfcrgen", 'hunter2');
var_dump($server->key, $server->host, $server->port, bin2hex($server->username), $server->auth, $server->events, $server->options);

$options = new ClientOptions(readTimeout: 9.5);
$server = new ServerConfig(key: 'pbx2', host: '2001:DB8::1', username: 'u', secret: 's', port: 5039, auth: 'MD5', events: 'call, Agent', options: $options);
var_dump($server->host, $server->port, $server->auth, $server->events, $server->options === $options);

$server = new ServerConfig('pbx3', 'PBX.example.org.', 'u', 's', events: ['call'], options: ['read_timeout' => '9.5']);
var_dump($server->host, $server->events, $server->options == $options);

$server = ServerConfig::fromArray('pbx4', settings(['port' => '5040', 'events' => false, 'auth' => null, 'options' => $options]));
var_dump($server->port, $server->events, $server->auth, $server->options === $options);

$server = new ServerConfig('pbx5', '192.0.2.1', 'u', 's', tls: true);
var_dump($server->port, $server->tls);
$server = new ServerConfig('pbx6', '192.0.2.1', 'u', 's', port: 5041, tls: ['fingerprint' => 'sha256:' . str_repeat('aB', 32), 'server_name' => 'PBX.example.org']);
var_dump($server->port, $server->tls);
var_dump(ServerConfig::fromArray('pbx7', settings(['tls' => ['ca_file' => '/ca.pem', 'client_cert' => '/c', 'client_key' => '/k']]))->tls === ['verify' => 'ca', 'ca_file' => '/ca.pem', 'client_cert' => '/c', 'client_key' => '/k']);
var_dump(ServerConfig::fromArray('pbx8', settings(['tls' => 'false']))->tls);

echo (new \ReflectionClass(ServerConfig::class))->getConstructor();
?>
--EXPECT--
string(4) "pbx1"
string(9) "192.0.2.1"
int(5038)
string(12) "4afc7267656e"
string(4) "auto"
string(2) "on"
NULL
string(11) "2001:db8::1"
int(5039)
string(3) "md5"
array(2) {
  [0]=>
  string(4) "call"
  [1]=>
  string(5) "agent"
}
bool(true)
string(15) "pbx.example.org"
array(1) {
  [0]=>
  string(4) "call"
}
bool(true)
int(5040)
string(3) "off"
string(4) "auto"
bool(true)
int(5039)
array(1) {
  ["verify"]=>
  string(6) "system"
}
int(5041)
array(3) {
  ["verify"]=>
  string(3) "pin"
  ["fingerprint"]=>
  string(95) "AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB"
  ["server_name"]=>
  string(15) "pbx.example.org"
}
bool(true)
NULL
Method [ <internal:apn_ami, ctor> public method __construct ] {

  - Parameters [9] {
    Parameter #0 [ <required> string $key ]
    Parameter #1 [ <required> string $host ]
    Parameter #2 [ <required> string $username ]
    Parameter #3 [ <required> string $secret ]
    Parameter #4 [ <optional> ?int $port = null ]
    Parameter #5 [ <optional> string $auth = 'auto' ]
    Parameter #6 [ <optional> array|string $events = 'on' ]
    Parameter #7 [ <optional> Apn\AmiClient\ClientOptions|array|null $options = null ]
    Parameter #8 [ <optional> array|bool $tls = false ]
  }
}
