--TEST--
A listener may drop the manager, the client and its own subscription
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
$subscription = $manager->onEvent('One', function (AmiEvent $event) use (&$manager, &$subscription) {
    $subscription->cancel();
    $subscription = null;
    $manager = null;
    gc_collect_cycles();
    echo "dropped, and $event->name is still there\n";
});
$weak = \WeakReference::create($manager);
$simulator->send('pbx1', ['One', 'One']);
for ($until = microtime(true) + 5; $manager !== null && microtime(true) < $until;) {
    $manager->tickAll(20);
}
gc_collect_cycles();
var_dump($weak->get(), sockets());
?>
--EXPECT--
dropped, and One is still there
NULL
int(0)
