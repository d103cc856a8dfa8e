--TEST--
Strategies of the extension carry out their rules on any list of candidates
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

$list = [new RoutingCandidate('a', pendingActions: 2), new RoutingCandidate('b'), new RoutingCandidate('c')];
$four = fn (RoutingStrategy $strategy, array $list, ?Action $action = null): string => implode(' ', array_map(fn () => $strategy->select($list, $action) ?? '-', range(1, 4)));
echo $four(new RoundRobin(), $list), "\n";
echo $four(new LeastPending(), $list), "\n";
echo $four(new Explicit('b'), $list), ', ', $four(new Explicit('d'), $list), "\n";
echo $four(new Failover(['d', 'c', 'a']), $list), "\n";
echo $four(new HealthAware(), [new RoutingCandidate('slow', latencyMs: 30), new RoutingCandidate('fast', latencyMs: 2.5, recovering: true)]), "\n";
echo count(array_unique(explode(' ', $four(new Sticky('Queue'), $list, new GenericAction('QueueStatus', ['Queue' => 'x']))))), "\n";
echo $four(new Sticky('Queue'), $list), "\n";
echo $four(new RoundRobin(), []), "\n";

echo "the turn goes on where servers come and go\n";
$turn = new RoundRobin();
echo $turn->select($list, null), $turn->select($list, null), $turn->select([$list[0], $list[2]], null), $turn->select($list, null), "\n";

var_dump($list[0], (new Failover(['d', 'c']))->keys(), (new Explicit('b'))->key());
?>
--EXPECT--
a b c a
b c b c
b b b b, - - - -
c c c c
fast fast fast fast
1
a b c a
- - - -
the turn goes on where servers come and go
abab
object(Apn\AmiClient\RoutingCandidate)#1 (6) {
  ["key"]=>
  string(1) "a"
  ["pendingActions"]=>
  int(2)
  ["queuedEvents"]=>
  int(0)
  ["unwrittenBytes"]=>
  int(0)
  ["latencyMs"]=>
  NULL
  ["recovering"]=>
  bool(false)
}
array(2) {
  [0]=>
  string(1) "d"
  [1]=>
  string(1) "c"
}
string(1) "b"
