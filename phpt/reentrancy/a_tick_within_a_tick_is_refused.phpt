--TEST--
A tick, an await and a call within a listener are refused
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
$manager = $simulator->ready();
$done = false;
$manager->onEvent('One', function () use ($manager, &$done) {
    $client = $manager->default();
    $pending = $client->send(new GenericAction('Ping'));
    thrown(fn () => $manager->tickAll());
    thrown(fn () => $manager->tick('pbx1'));
    thrown(fn () => $manager->pollAll());
    thrown(fn () => $manager->poll('pbx1'));
    thrown(fn () => $pending->await());
    thrown(fn () => $client->call(new GenericAction('Ping')));
    var_dump($client->waitUntilReady() === $client);
    $manager->health();
    $manager->metrics();
    $pending->onComplete(function () use (&$done, $manager, $pending) {
        thrown(fn () => $manager->tickAll());
        var_dump($pending->await()->get('Ping'));
        $done = true;
    });
});
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$done) { return $done; });
var_dump($manager->metrics()['process']['callback_failures']);
?>
--EXPECT--
ReentrancyException: a tick cannot run within a tick: return from the listener first
ReentrancyException: a tick cannot run within a tick: return from the listener first
ReentrancyException: a tick cannot run within a tick: return from the listener first
ReentrancyException: a tick cannot run within a tick: return from the listener first
ReentrancyException: a tick cannot run within a tick: return from the listener first
ReentrancyException: a tick cannot run within a tick: return from the listener first
bool(true)
ReentrancyException: a tick cannot run within a tick: return from the listener first
string(4) "Pong"
int(0)
