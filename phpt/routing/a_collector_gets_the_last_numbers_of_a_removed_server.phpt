--TEST--
A MetricsCollector gets the last numbers of a removed server once, and where its key is used again those of the new one
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

final class Numbers implements MetricsCollector
{
    public array $counters = [];
    public array $gauges = [];

    public function increment(string $name, int|float $by, array $labels): void
    {
        $key = $labels['server_key'] ?? '';
        $this->counters[$key][$name] = ($this->counters[$key][$name] ?? 0) + $by;
    }

    public function gauge(string $name, int|float $value, array $labels): void
    {
        isset($labels['server_key']) and $this->gauges[$labels['server_key']][implode(' ', [$name, ...array_slice($labels, 2)])] = $value;
    }

    public function observe(string $name, float $value, array $labels, int $times): void {}
}

$simulator = new Simulator(2);
$numbers = new Numbers();
$manager = $simulator->ready(metrics: $numbers);
$manager->onAnyEvent(fn () => null);
until($manager, fn () => ($numbers->gauges['pbx2']['ami_ready'] ?? 0) === 1);
$manager->server('pbx1')->send(new GenericAction('WaitEvent', ['Timeout' => 20]));
foreach (['pbx1', 'pbx2'] as $key) {
    $manager->removeServer($key);
}
$again = $manager->addServer(ServerConfig::fromArray('pbx2', ['host' => '127.0.0.1', 'port' => $simulator->ports['pbx2'], 'username' => 'dialer', 'secret' => 's3cret']));
$again->waitUntilReady();
until($manager, fn () => ($numbers->gauges['pbx1']['ami_ready'] ?? 1) === 0 && ($numbers->gauges['pbx2']['ami_ready'] ?? 0) === 1
    && $numbers->counters['pbx2']['ami_sessions_total'] === 2);
$until = microtime(true) + 2.2;
until($manager, fn () => microtime(true) > $until);
$sum = fn (string $name): int => array_sum(array_column($numbers->counters, "ami_{$name}_total"));
foreach (['sessions', 'read_bytes', 'actions_sent', 'actions', 'connect_attempts'] as $name) {
    $known = array_sum((array) $manager->metrics()['removed'][$name]) + array_sum((array) $manager->metrics()['servers']['pbx2'][$name]);
    echo $name, ' ', $sum($name) === $known ? 'add up' : "{$sum($name)} are not $known", "\n";
}
var_dump(array_filter($numbers->gauges['pbx1']), $numbers->gauges['pbx2']['ami_ready']);
?>
--EXPECT--
sessions add up
read_bytes add up
actions_sent add up
actions add up
connect_attempts add up
array(0) {
}
int(1)
