--TEST--
Listeners for gaps may throw, send and register others, and each is called once
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
$manager = $simulator->manager(['backoff_min_ms' => 100]);
$called = [];
$manager->onGap(function () use (&$called) { $called[] = 'first'; throw new \LogicException('not me'); });
$manager->onGap(function () use (&$called, $manager) {
    $called[] = 'second';
    $manager->onGap(function () use (&$called) { $called[] = 'third'; });
    $manager->send(new GenericAction('Ping'))->onComplete(function () use (&$called) { $called[] = 'pong'; });
    thrown(fn () => $manager->tickAll());
});
$manager->default()->waitUntilReady();
$simulator->tell('pbx1 fault reset');
set_error_handler(function (int $level, string $message) { echo substr($message, 0, 60), "\n"; return true; });
until($manager, function () use (&$called) { return in_array('pong', $called); });
echo implode(' ', $called), ' ', $manager->metrics()['process']['callback_failures'], "\n";

// The listener holds the manager: a cycle that is collected.
unset($manager);
var_dump(gc_collect_cycles() > 0);

foreach ([['a', 1.0, 2.0, 'closed'], ['a', 1.0, 2.5, 'closed', 'the application closed', 2, 7]] as $arguments) {
    echo json_encode(new ConnectionGap(...$arguments)), "\n";
}
thrown(fn () => new ConnectionGap('a', 1.0, 2.0, 'closed', eventsDropped: -1));
thrown(fn () => new ConnectionGap('a', 1.0, 2.0, 'closed', status: new \stdClass()));
?>
--EXPECT--
ReentrancyException: a tick cannot run within a tick: return from the listener first
Apn\AmiClient\AmiClientManager::tickAll(): a callback threw:
first second pong 1
bool(true)
{"serverKey":"a","from":1,"to":2,"reason":"closed","message":"","sessions":1,"eventsDropped":0,"status":null,"channels":null,"queues":null}
{"serverKey":"a","from":1,"to":2.5,"reason":"closed","message":"the application closed","sessions":2,"eventsDropped":7,"status":null,"channels":null,"queues":null}
InvalidConfigurationException: eventsDropped: -1 is negative
TypeError: Argument #8 ($status) must be of type ?Apn\AmiClient\PendingAction, stdClass given
