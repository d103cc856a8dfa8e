--TEST--
A destructor that runs when a listener is let go may use the manager
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
final class Uses
{
    public function __construct(private \Closure $closure) {}
    public function __destruct() { ($this->closure)(); }
}
$object = new Uses(function () use ($manager) {
    echo get_debug_type($manager->tickAll()), "\n";
    $manager->onEvent('Two', fn () => 1);
});
$subscription = $manager->onEvent('One', function () use ($object) {});
unset($object);
$subscription->cancel();

$done = false;
$object = new Uses(function () use ($manager, &$done) {
    thrown(fn () => $manager->tickAll());
    $manager->send(new GenericAction('Ping'))->onComplete(function () use (&$done) { $done = true; });
});
$subscription = $manager->onEvent('One', function () use (&$subscription, $object) { $subscription->cancel(); });
unset($object);
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$done) { return $done; });
echo "done\n";
?>
--EXPECT--
Apn\AmiClient\TickSummary
ReentrancyException: a tick cannot run within a tick: return from the listener first
done
