--TEST--
A foreign loop's stream and the lookup of host names work together, whichever comes first
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
foreach ([true, false] as $streamFirst) {
    $manager = $simulator->manager(['enforce_ip_endpoints' => false], ['host' => 'localhost']);
    $stream = $streamFirst ? $manager->stream() : null;
    $manager->default()->waitUntilReady();
    $stream ??= $manager->stream();
    $pending = $manager->send(new GenericAction('Ping'));
    while (!$pending->isComplete()) {
        $read = [$stream];
        $write = $except = null;
        stream_select($read, $write, $except, 0, min(250, $manager->nextTimerMs() ?? 250) * 1000);
        $manager->tickAll();
    }
    var_dump($pending->response()->get('Ping'));
}
?>
--EXPECT--
string(4) "Pong"
string(4) "Pong"
