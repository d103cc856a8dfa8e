--TEST--
Where no server is ready, the exception has the state of each, and a message that stays short
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/../simulator.inc';

$servers = [];
for ($n = 1; $n <= 1000; $n++) {
    $servers["pbx$n"] = ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 's'];
}
$manager = AmiClientManager::fromConfig(['servers' => $servers]);
$manager->server('pbx2')->open();
$manager->server('pbx900')->open();
$error = thrown(fn () => $manager->send(new GenericAction('Ping')));
var_dump($error->serverKey(), $error->state(), count($error->states()), $error->states()['pbx900']);

$manager->routing(new Explicit('pbx2'));
$error = thrown(fn () => $manager->select());
var_dump($error->serverKey(), $error->state(), count($error->states()));
$manager->routing(new Explicit('pbx20000'));
$error = thrown(fn () => $manager->select());
var_dump($error->key(), $error->value());
$manager->routing(new Failover(['pbx900', 'nobody', 'pbx1']));
$error = thrown(fn () => $manager->select());
var_dump($error->serverKey(), array_keys($error->states()));
var_dump((new InvalidConnectionStateException())->states());
?>
--EXPECT--
InvalidConnectionStateException: no server is ready: "pbx1" is disconnected, "pbx2" is connecting, "pbx3" is disconnected, "pbx4" is disconnected, "pbx5" is disconnected, "pbx6" is disconnected, "pbx7" is disconnected, "pbx8" is disconnected, "pbx9" is disconnected, "pbx10" is disconnected, "pbx11" is disconnected, "pbx12" is disconnected, "pbx13" is disconnected, "pbx14" is disconnected, "pbx15" is disconnected, "pbx16" is disconnected, "pbx17" is disconnected, "pbx18" is disconnected, "pbx19" is disconnected, "pbx20" is disconnected, and 980 more: 1 connecting, 979 disconnected
NULL
NULL
int(1000)
enum(Apn\AmiClient\ConnectionState::Connecting)
InvalidConnectionStateException: the server that Explicit names is not ready: "pbx2" is connecting
string(4) "pbx2"
enum(Apn\AmiClient\ConnectionState::Connecting)
int(1)
InvalidConfigurationException: Explicit: there is no server "pbx20000"; did you mean "pbx200"?
string(8) "Explicit"
string(8) "pbx20000"
InvalidConnectionStateException: no server that Failover names is ready: "pbx900" is connecting, there is no "nobody", "pbx1" is disconnected
NULL
array(2) {
  [0]=>
  string(6) "pbx900"
  [1]=>
  string(4) "pbx1"
}
NULL
