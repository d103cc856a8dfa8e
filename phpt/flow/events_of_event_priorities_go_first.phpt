--TEST--
Events of event_priorities reach listeners before others that wait, also those of another server; a server may have its own list
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
$servers = [];
foreach ($simulator->ports as $key => $port) {
    $servers[$key] = ['host' => '127.0.0.1', 'port' => $port, 'username' => 'dialer', 'secret' => 's3cret'];
}
$servers['pbx2']['options'] = ['event_priorities' => ['bridgeenter']];
$manager = AmiClientManager::fromConfig(['servers' => $servers, 'options' => ['event_priorities' => ['HANGUP', 'Cdr']]]);
$manager->server('pbx1')->waitUntilReady();
$manager->server('pbx2')->waitUntilReady();
$heard = [];
$manager->onAnyEvent(function (AmiEvent $event) use (&$heard) { $heard[] = "$event->serverKey $event->name"; });
$names = ['VarSet', 'Hangup', 'VarSet', 'Cdr', 'BridgeEnter'];
foreach (['pbx1', 'pbx2'] as $node) {
    $before = $simulator->count($node, 'bytes_sent');
    $simulator->send($node, $names);
    // All of it is in the socket before anything is read.
    $size = strlen(implode($names)) + count($names) * strlen("Event: \r\n\r\n");
    for ($until = microtime(true) + 10; $simulator->count($node, 'bytes_sent') < $before + $size && microtime(true) < $until;);
}
$summary = $manager->tickAll(250);
echo implode("\n", $heard), "\n";
var_dump($summary->eventsDispatched);
?>
--EXPECT--
pbx1 Hangup
pbx2 BridgeEnter
pbx1 Cdr
pbx1 VarSet
pbx2 VarSet
pbx1 VarSet
pbx2 Hangup
pbx1 BridgeEnter
pbx2 VarSet
pbx2 Cdr
int(10)
