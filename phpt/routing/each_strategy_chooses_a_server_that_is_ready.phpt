--TEST--
Each strategy of the extension chooses one of the servers that are ready
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

$simulator = new Simulator(3);
$manager = $simulator->ready();
$keys = fn (int $count): string => implode(' ', array_map(fn () => $manager->select()->serverKey(), range(1, $count)));
$choose = function (RoutingStrategy $strategy) use ($manager, $keys): void {
    echo (new \ReflectionClass($strategy))->getShortName(), ': ', $manager->routing($strategy) === $manager ? '' : 'another manager ', $keys(4), "\n";
};
// Who is next where several are alike, or which one answers fastest, is not for this test to know.
$among = function (RoutingStrategy $strategy, string ...$servers) use ($manager, $keys): void {
    $manager->routing($strategy);
    $chosen = array_unique(explode(' ', $keys(6)));
    echo (new \ReflectionClass($strategy))->getShortName(), ': ', array_diff($chosen, $servers) === [] ? 'of these' : implode(' ', $chosen), "\n";
};
$choose(new RoundRobin());
$choose(new Explicit('pbx2'));
$choose(new Failover(['pbx9', 'pbx3', 'pbx1']));
$among(new HealthAware(), 'pbx1', 'pbx2', 'pbx3');
$among(new LeastPending(), 'pbx1', 'pbx2', 'pbx3');

echo "a server is busy\n";
$wait = fn (string $key) => $manager->server($key)->send(new GenericAction('WaitEvent', ['Timeout' => 20]));
$wait('pbx1');
$among(new LeastPending(), 'pbx2', 'pbx3');
$among(new HealthAware(), 'pbx1', 'pbx2', 'pbx3');
$wait('pbx3');
$choose(new LeastPending());

echo "a server is away\n";
$manager->server('pbx3')->close();
$among(new RoundRobin(), 'pbx1', 'pbx2');
$choose(new Failover(['pbx3', 'pbx1']));
until($manager, fn () => $manager->server('pbx3')->state() === ConnectionState::Disconnected);
$manager->server('pbx3')->waitUntilReady();
$choose(new Failover(['pbx3', 'pbx1']));
?>
--EXPECT--
RoundRobin: pbx1 pbx2 pbx3 pbx1
Explicit: pbx2 pbx2 pbx2 pbx2
Failover: pbx3 pbx3 pbx3 pbx3
HealthAware: of these
LeastPending: of these
a server is busy
LeastPending: of these
HealthAware: of these
LeastPending: pbx2 pbx2 pbx2 pbx2
a server is away
RoundRobin: of these
Failover: pbx1 pbx1 pbx1 pbx1
Failover: pbx3 pbx3 pbx3 pbx3
