--TEST--
A strategy of the application gets the servers that are ready and the action, and what it says is checked
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

final class Mine implements RoutingStrategy
{
    public function __construct(private \Closure $decide) {}

    public function select(array $candidates, ?Action $action): ?string
    {
        return ($this->decide)($candidates, $action);
    }
}

$simulator = new Simulator(3);
$manager = $simulator->ready(['heartbeat_interval' => 60.0]);
$manager->server('pbx2')->send(new GenericAction('WaitEvent', ['Timeout' => 20]));
$simulator->tell('pbx3 fault mute');
$manager->server('pbx3')->close();
$decide = fn (callable $decide) => $manager->routing(new Mine($decide(...)));
$ping = new GenericAction('Ping');

$decide(function (array $candidates, ?Action $action) use ($ping): string {
    echo $action === $ping ? 'Ping:' : get_debug_type($action) . ':';
    foreach ($candidates as $candidate) {
        echo " $candidate->key $candidate->pendingActions $candidate->queuedEvents", $candidate->latencyMs > 0 ? '' : ' not measured';
    }
    echo "\n";

    return $candidates[1]->key;
});
$chosen = [explode(':', $manager->send($ping)->actionId())[0], $manager->select()->serverKey()];
echo implode(' ', $chosen), "\n";

echo "others are asked\n";
$least = new LeastPending();
$decide(fn (array $candidates, ?Action $action): ?string => $least->select($candidates, $action));
echo $manager->select()->serverKey(), "\n";
$failover = new Failover(['pbx3', 'pbx2']);
$decide(fn (array $candidates, ?Action $action): ?string => $failover->select($candidates, $action));
echo $manager->select()->serverKey(), "\n";

$sent = fn (): int => array_sum(array_column($manager->metrics()['servers'], 'actions_sent'));
$before = $sent();
// Their goodbyes are not answered, so that they go on.
$simulator->tell('pbx1 fault mute');
foreach ([
    'throws' => fn () => throw new \DomainException('not today'),
    'none' => fn () => null,
    'nobody' => fn () => 'pbx22',
    'closing' => fn () => 'pbx3',
    'closes what it chooses' => function (array $candidates) use ($manager): string {
        $manager->server('pbx1')->close();

        return 'pbx1';
    },
    'wrong type' => fn () => new \stdClass(),
] as $what => $answer) {
    echo "$what\n";
    $decide($answer);
    $error = thrown(fn () => $manager->send($ping));
    if ($error instanceof InvalidConfigurationException) {
        echo "  {$error->key()} {$error->value()} {$error->suggestion()}\n";
    } elseif ($error instanceof InvalidConnectionStateException) {
        echo '  ', $error->serverKey() ?? 'null', ' ', $error->state()?->value ?? 'null', ' ', count($error->states() ?? []), "\n";
    }
}
var_dump($sent() - $before);
echo "nobody is ready\n";
$manager->terminate();
$decide(fn () => print('not asked'));
thrown(fn () => $manager->select());
?>
--EXPECT--
Ping: pbx1 0 0 pbx2 1 0
null: pbx1 0 0 pbx2 2 0
pbx2 pbx2
others are asked
pbx1
pbx2
throws
DomainException: not today
none
InvalidConnectionStateException: Apn\AmiClient\Mine chose none of 2 servers: "pbx1" is ready, "pbx2" is ready, "pbx3" is closing
  null null 3
nobody
InvalidConfigurationException: Apn\AmiClient\Mine::select(): there is no server "pbx22"; did you mean "pbx2"?
  Apn\AmiClient\Mine::select() pbx22 pbx2
closing
InvalidConnectionStateException: Apn\AmiClient\Mine chose "pbx3", which is closing
  pbx3 closing 0
closes what it chooses
InvalidConnectionStateException: Apn\AmiClient\Mine chose "pbx1", which is closing
  pbx1 closing 0
wrong type
TypeError: Apn\AmiClient\Mine::select(): Return value must be of type ?string, stdClass returned
int(0)
nobody is ready
InvalidConnectionStateException: no server is ready: "pbx1" is disconnected, "pbx2" is disconnected, "pbx3" is disconnected
