--TEST--
The collector leaves alone what is still reached through a client, a subscription or an action
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
$heard = 0;
$client = (function () use ($simulator, &$heard) {
    $manager = $simulator->ready();
    $manager->onEvent('One', function () use ($manager, &$heard) { $heard++; });
    return $manager->default();
})();
gc_collect_cycles();
var_dump($client->state());
$simulator->send('pbx1', ['One']);
for ($until = microtime(true) + 5; $heard === 0 && microtime(true) < $until;) {
    $client->call(new GenericAction('Ping'));
    gc_collect_cycles();
}
var_dump($heard);
$pending = $client->send(new GenericAction('Ping'));
unset($client);
gc_collect_cycles();
var_dump($pending->await()->get('Ping'));
unset($pending);
gc_collect_cycles();
var_dump(sockets());
?>
--EXPECT--
enum(Apn\AmiClient\ConnectionState::Ready)
int(1)
string(4) "Pong"
int(0)
