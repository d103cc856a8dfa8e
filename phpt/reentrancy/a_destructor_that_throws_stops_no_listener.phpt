--TEST--
What a destructor throws within a tick is told like what a listener throws, and stops no other
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
final class Throws
{
    public function __construct(private string $name) {}
    public function __destruct() { throw new \RuntimeException($this->name); }
}
$heard = 0;
$object = new Throws('held by a listener');
$subscription = $manager->onEvent('One', function () use (&$subscription, $object) { $subscription->cancel(); });
$manager->onEvent('One', function () use (&$heard) { $heard++; });
unset($object);
$simulator->send('pbx1', ['One', 'One']);
until($manager, function () use (&$heard) { return $heard === 2; });

(function () use ($manager) {
    $object = new Throws('held by a callback');
    $manager->send(new GenericAction('Ping'))->onComplete(function () use ($object) {});
})();
$last = $manager->send(new GenericAction('Ping'));
var_dump($last->await()->get('Ping'));
$manager->tickAll();

echo "outside of a tick it comes from where the object was let go\n";
$object = new Throws('held by a cancelled listener');
$subscription = $manager->onEvent('One', function () use ($object) {});
unset($object);
thrown(fn () => $subscription->cancel());
var_dump($subscription->isActive(), $manager->metrics()['process']['callback_failures']);
?>
--EXPECTF--
Warning: %S: a callback threw: RuntimeException: held by a listener in %s on line %d

Warning: %S: a callback threw: RuntimeException: held by a callback in %s on line %d
string(4) "Pong"
outside of a tick it comes from where the object was let go
RuntimeException: held by a cancelled listener
bool(false)
int(2)
