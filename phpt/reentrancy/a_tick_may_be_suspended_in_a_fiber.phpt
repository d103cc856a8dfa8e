--TEST--
A tick that is suspended within a Fiber refuses others, and goes on when it is resumed
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
$heard = [];
$manager->onEvent('One', function (AmiEvent $event) use (&$heard) {
    $heard[] = 'before';
    $heard[] = \Fiber::suspend($event);
});
$manager->onEvent('One', function () use (&$heard) { $heard[] = 'second listener'; });
$simulator->send('pbx1', ['One']);
$fiber = new \Fiber(function () use ($manager, &$heard) {
    until($manager, function () use (&$heard) { return $heard !== []; });
    return 'ticked';
});
$event = $fiber->start();
var_dump($event->name, $fiber->isSuspended());
thrown(fn () => $manager->tickAll());
thrown(fn () => $manager->default()->call(new GenericAction('Ping')));
$pending = $manager->send(new GenericAction('Ping'));
$late = $manager->onEvent('Other', fn () => 1);
$late->cancel();
gc_collect_cycles();
var_dump($manager->default()->state());
$fiber->resume('resumed');
var_dump($fiber->getReturn());
echo implode(', ', $heard), "\n";
var_dump($pending->await()->get('Ping'));

echo "and one that is never resumed\n";
$heard = [];
$simulator->send('pbx1', ['One']);
$fiber = new \Fiber(function () use ($manager, &$heard) {
    try {
        until($manager, function () use (&$heard) { return $heard !== []; });
    } finally {
        echo "finally\n";
    }
});
$fiber->start();
thrown(fn () => $manager->tickAll());
unset($fiber, $event);
gc_collect_cycles();
echo implode(', ', $heard), "\n";
var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'));
?>
--EXPECT--
string(3) "One"
bool(true)
ReentrancyException: a tick cannot run within a tick: return from the listener first
ReentrancyException: a tick cannot run within a tick: return from the listener first
enum(Apn\AmiClient\ConnectionState::Ready)
string(6) "ticked"
before, resumed, second listener
string(4) "Pong"
and one that is never resumed
ReentrancyException: a tick cannot run within a tick: return from the listener first
finally
before
string(4) "Pong"
