--TEST--
What cannot be a strategy or a candidate is refused by name, and strategies cannot be changed
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/../config/helper.inc';

refused(fn () => new Explicit('no key'));
refused(fn () => new Explicit(5));
refused(fn () => new Failover([]));
refused(fn () => new Failover(['a', '']));
refused(fn () => new Failover(['a', 5]));
refused(fn () => new Failover(['x' => 'a']));
refused(fn () => new Failover(array_fill(0, 65, 'a')));
refused(fn () => new Sticky(''));
refused(fn () => new Sticky("Queue: x\r\n"));
refused(fn () => new Sticky(5));
refused(fn () => new Sticky(['no', 'such']));
refused(fn () => new RoundRobin(1));
refused(fn () => new RoutingCandidate(''));
refused(fn () => new RoutingCandidate('a', -1));
refused(fn () => new RoutingCandidate('a', latencyMs: -0.5));
refused(fn () => new RoutingCandidate('a', latencyMs: NAN));
refused(fn () => new RoutingCandidate('a', recovering: 1));
refused(fn () => (new RoundRobin())->select(['a'], null));
refused(fn () => (new RoundRobin())->select('a', null));
refused(fn () => (new Sticky('Queue'))->select([], new \stdClass()));
$manager = AmiClientManager::fromConfig(['servers' => ['a' => ['host' => '127.0.0.1', 'username' => 'u', 'secret' => 's']]]);
refused(fn () => $manager->routing(new \stdClass()));
refused(fn () => $manager->routing(null));

echo "nothing can be changed\n";
foreach ([new RoundRobin(), new LeastPending(), new HealthAware(), new Explicit('a'), new Failover(['a']), new Sticky('Queue'), new RoutingCandidate('a')] as $object) {
    echo (new \ReflectionClass($object))->isFinal() ? '' : 'not final ', $object instanceof RoutingStrategy ? 'a strategy' : 'no strategy', "\n";
    refused(fn () => clone $object);
    refused(fn () => serialize($object));
    refused(fn () => $object->somethingNew = 1);
    refused(fn () => $object->__construct(...match (true) {
        $object instanceof Failover => [['b']],
        $object instanceof Explicit, $object instanceof Sticky, $object instanceof RoutingCandidate => ['b'],
        default => [],
    }));
}
refused(fn () => $object->key = 'b');
?>
--EXPECT--
key: "no key" is no server key; only printable ASCII without spaces and colons can be one
  key 'key', value 'no key', suggestion NULL
key: 5 must be the key of a server, int given
  key 'key', value 5, suggestion NULL
keys: an array of 0 names no server: none would ever be chosen
  key 'keys', value array, suggestion NULL
keys: "" is no server key; it must not be empty
  key 'keys', value '', suggestion NULL
keys: 5 must be the key of a server, int given
  key 'keys', value 5, suggestion NULL
keys: an array of 1 must be a list of server keys, array given
  key 'keys', value array, suggestion NULL
keys: array has more than 64 keys
  key 'keys', value 'array', suggestion NULL
affinity: "" is no name of a header
  key 'affinity', value '', suggestion NULL
affinity: "Queue: x\r\n" is no name of a header
  key 'affinity', value 'Queue: x\r\n', suggestion NULL
TypeError: Argument #1 ($affinity) must be of type callable|string, int given
TypeError: Argument #1 ($affinity) must be a valid callback, class "no" not found
ArgumentCountError: Apn\AmiClient\RoundRobin::__construct() expects exactly 0 arguments, 1 given
key: "" is no server key; it must not be empty
  key 'key', value '', suggestion NULL
pendingActions: -1 is negative
  key 'pendingActions', value -1, suggestion NULL
latencyMs: -0.5 is no time in milliseconds
  key 'latencyMs', value -0.5, suggestion NULL
latencyMs: NAN is no time in milliseconds
  key 'latencyMs', value NAN, suggestion NULL
recovering: 1 must be true or false, int given
  key 'recovering', value 1, suggestion NULL
TypeError: Argument #1 ($candidates) must be of type list<Apn\AmiClient\RoutingCandidate>, string given
TypeError: Argument #1 ($candidates) must be of type list<Apn\AmiClient\RoutingCandidate>, string given
TypeError: Argument #1 ($action) must be of type Apn\AmiClient\Action, stdClass given
TypeError: Argument #1 ($strategy) must be of type Apn\AmiClient\RoutingStrategy, stdClass given
TypeError: Argument #1 ($strategy) must be of type Apn\AmiClient\RoutingStrategy, null given
nothing can be changed
a strategy
Error: Trying to clone an uncloneable object of class Apn\AmiClient\RoundRobin
Exception: Serialization of 'Apn\AmiClient\RoundRobin' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\RoundRobin::$somethingNew
Error: Apn\AmiClient\RoundRobin is constructed already
a strategy
Error: Trying to clone an uncloneable object of class Apn\AmiClient\LeastPending
Exception: Serialization of 'Apn\AmiClient\LeastPending' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\LeastPending::$somethingNew
Error: Apn\AmiClient\LeastPending is constructed already
a strategy
Error: Trying to clone an uncloneable object of class Apn\AmiClient\HealthAware
Exception: Serialization of 'Apn\AmiClient\HealthAware' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\HealthAware::$somethingNew
Error: Apn\AmiClient\HealthAware is constructed already
a strategy
Error: Trying to clone an uncloneable object of class Apn\AmiClient\Explicit
Exception: Serialization of 'Apn\AmiClient\Explicit' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\Explicit::$somethingNew
Error: Apn\AmiClient\Explicit is constructed already
a strategy
Error: Trying to clone an uncloneable object of class Apn\AmiClient\Failover
Exception: Serialization of 'Apn\AmiClient\Failover' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\Failover::$somethingNew
Error: Apn\AmiClient\Failover is constructed already
a strategy
Error: Trying to clone an uncloneable object of class Apn\AmiClient\Sticky
Exception: Serialization of 'Apn\AmiClient\Sticky' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\Sticky::$somethingNew
Error: Apn\AmiClient\Sticky is constructed already
no strategy
Error: Trying to clone an uncloneable object of class Apn\AmiClient\RoutingCandidate
Exception: Serialization of 'Apn\AmiClient\RoutingCandidate' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\RoutingCandidate::$somethingNew
Error: Apn\AmiClient\RoutingCandidate is constructed already
Error: Cannot modify readonly property Apn\AmiClient\RoutingCandidate::$key
