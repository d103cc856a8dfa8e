--TEST--
A manager that its own listeners hold is collected, and its sockets are closed
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
$make = [
    'closure' => function (AmiClientManager $manager) { $manager->onEvent('One', fn () => $manager); },
    'client' => function (AmiClientManager $manager) { $client = $manager->default(); $client->onAnyEvent(fn () => $client); },
    'subscription' => function (AmiClientManager $manager) { $subscription = $manager->onEvent('One', function () use (&$subscription) {}); },
    'filter' => function (AmiClientManager $manager) {
        $filter = new class implements EventFilter {
            public mixed $also = null;
            public function accepts(AmiEvent $event): bool { return true; }
        };
        $filter->also = $manager;
        $manager->onEvent('One', fn () => 1, $filter);
    },
    'pending' => function (AmiClientManager $manager) {
        $pending = $manager->send(new GenericAction('WaitEvent', ['Timeout' => '60']));
        $pending->onComplete(function () use ($manager, $pending) {});
    },
    'pending that ended' => function (AmiClientManager $manager) {
        $pending = $manager->send(new GenericAction('Ping'));
        $pending->onComplete(function () use ($manager, &$pending) {})->await();
    },
    'pending of a lost connection' => function (AmiClientManager $manager) {
        $pending = $manager->send(new GenericAction('WaitEvent', ['Timeout' => '60']));
        $manager->terminate();
        $manager->onEvent('One', fn () => [$pending, $pending->error()]);
    },
];
foreach ($make as $name => $setup) {
    $manager = $simulator->ready();
    $setup($manager);
    $manager->tickAll(20);
    $weak = \WeakReference::create($manager);
    unset($manager);
    $alive = $weak->get() !== null;
    gc_collect_cycles();
    echo "$name: ", $alive ? 'a cycle' : 'no cycle', ', ', $weak->get() === null ? 'freed' : 'LEAKED', ', ', sockets(), " sockets\n";
}
?>
--EXPECT--
closure: a cycle, freed, 0 sockets
client: a cycle, freed, 0 sockets
subscription: a cycle, freed, 0 sockets
filter: a cycle, freed, 0 sockets
pending: a cycle, freed, 0 sockets
pending that ended: no cycle, freed, 0 sockets
pending of a lost connection: a cycle, freed, 0 sockets
