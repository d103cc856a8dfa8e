--TEST--
Connections are cut at the end of their lease, with a thread while PHP is busy; events that were read are told, and nothing is opened before there is another lease
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
foreach (['inline', 'background'] as $io) {
    $manager = $simulator->ready(['io' => $io]);
    $client = $manager->default();
    $manager->lease(60_000);
    $manager->tickAll();
    echo $client->state()->name, ', ';
    // No answer can be faster than the end of the lease.
    $pending = $manager->send(new GenericAction('Ping', [], new MultiEvent(['NeverComes'])));
    $manager->lease(0);
    for ($until = microtime(true) + 10; $client->state() === ConnectionState::Ready && microtime(true) < $until; usleep(1000)) {
        $io === 'background' or $manager->tickAll();
    }
    echo $client->state()->name, ', ';
    $manager->tickAll();
    echo $pending->error() instanceof AmiException ? "failed" : "waits", ', ';
    $manager->connectAll();
    $manager->tickAll(50);
    echo $client->state()->name, ', ';
    $manager->lease(null);
    $manager->connectAll();
    until($manager, fn () => $client->state() === ConnectionState::Ready);
    echo $client->state()->name, "\n";
}
thrown(fn () => $manager->lease(-1));
?>
--EXPECT--
Ready, Disconnected, failed, Disconnected, Ready
Ready, Disconnected, failed, Disconnected, Ready
InvalidConfigurationException: milliseconds: -1 is negative; null ends the lease
