--TEST--
A Fiber may be started, suspended and resumed within a listener
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
$kept = null;
$manager->onEvent('One', function (AmiEvent $event) use (&$kept, $manager) {
    $fiber = new \Fiber(function () use ($event, $manager) {
        echo "started $event->name\n";
        $pending = $manager->default()->send(new GenericAction('Ping'));
        \Fiber::suspend($pending);
        echo "resumed {$event->get('Number')}\n";
    });
    $pending = $fiber->start();
    if ($event->get('Number') === '1') {
        $fiber->resume();
    } else {
        $kept = [$fiber, $pending];
    }
});
$simulator->send('pbx1', ['One'], ['Number' => 1]);
$simulator->send('pbx1', ['One'], ['Number' => 2]);
until($manager, function () use (&$kept) { return $kept !== null; });
$kept[0]->resume();
var_dump($kept[1]->await()->get('Ping'), $kept[0]->isTerminated());
?>
--EXPECT--
started One
resumed 1
started One
resumed 2
string(4) "Pong"
bool(true)
