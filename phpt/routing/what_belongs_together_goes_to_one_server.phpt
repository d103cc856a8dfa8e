--TEST--
Sticky sends actions of one affinity to one server, by a header or by a function, and others in turn
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

$simulator = new Simulator(4);
$manager = $simulator->ready();
$server = fn (string $queue): string => explode(':', $manager->send(new GenericAction('QueueStatus', ['Queue' => $queue]))->actionId())[0];
$queues = array_map(fn (int $n): string => "queue-$n", range(1, 40));

$manager->routing(new Sticky('queue'));
$before = array_map($server, $queues);
var_dump($before === array_map($server, $queues), count(array_unique($before)));
var_dump(count(array_unique(array_map(fn () => $manager->send(new GenericAction('Ping'))->actionId()[3], range(1, 4)))));

$asked = [];
$manager->routing(new Sticky(function (Action $action) use (&$asked): ?string {
    $asked[] = $action->name();

    return $action->headers()['Queue'] ?? null;
}));
var_dump($before === array_map($server, $queues), array_unique($asked));

$manager->server('pbx3')->close();
$after = array_map($server, $queues);
$moved = array_values(array_filter(array_keys($queues), fn (int $n): bool => $before[$n] !== $after[$n]));
var_dump($moved == array_keys($before, 'pbx3', true), in_array('pbx3', $after, true));

$manager->routing(new Sticky(fn () => 12));
var_dump($server('a') === $server('b'));
echo "the function throws, or says what is no affinity\n";
$manager->routing(new Sticky(fn () => throw new \LogicException('no affinity')));
thrown(fn () => $server('a'));
$manager->routing(new Sticky(fn () => [1]));
thrown(fn () => $server('a'));
echo $manager->select()->serverKey()[0], "\n";
?>
--EXPECT--
bool(true)
int(4)
int(4)
bool(true)
array(1) {
  [0]=>
  string(11) "QueueStatus"
}
bool(true)
bool(false)
bool(true)
the function throws, or says what is no affinity
LogicException: no affinity
InvalidConfigurationException: affinity: array is no string, int or null
p
