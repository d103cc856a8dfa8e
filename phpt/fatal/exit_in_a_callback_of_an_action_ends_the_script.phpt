--TEST--
exit() in onComplete, in a filter, in a wait and in call()
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

foreach ([
    '$manager->send(new GenericAction("Ping"))->onComplete(fn () => exit(11)); until($manager, fn () => false);',
    '$manager->send(new GenericAction("Ping"))->onComplete(fn () => exit(12))->await(); echo "not reached";',
    '$manager->onAnyEvent(fn () => exit(13)); $simulator->send("pbx1", ["One"]); while (true) { $manager->default()->call(new GenericAction("Ping")); }',
    'final class Exits implements EventFilter { public function accepts(AmiEvent $event): bool { exit(14); } }
        $manager->onAnyEvent(fn () => print("not reached"), new Exits()); $simulator->send("pbx1", ["One"]); until($manager, fn () => false);',
    '$pending = $manager->send(new GenericAction("Ping")); $pending->await(); $pending->onComplete(fn () => exit(15)); echo "not reached";',
    '$manager->send(new GenericAction("Ping"))->onComplete(fn () => exit(16))->cancel(); echo "not reached";',
    '$manager->send(new GenericAction("Ping"))->onComplete(fn () => exit(17)); $manager->terminate(); echo "not reached";',
    '$manager->default()->close(); until($manager, fn () => $manager->default()->state() === ConnectionState::Disconnected);
        $manager->onEvent("FullyBooted", fn () => exit(18)); $manager->default()->waitUntilReady(); until($manager, fn () => exit(18));',
] as $code) {
    echo script($code), "\n";
}
?>
--EXPECT--
11
12
13
14
15
16
17
18
