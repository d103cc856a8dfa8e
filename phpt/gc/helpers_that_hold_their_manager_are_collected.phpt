--TEST--
A logger, a collector and a clock that hold their manager are collected with it
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
require __DIR__ . '/../psr.inc';

final class Clock implements \Psr\Clock\ClockInterface
{
    public mixed $also = null;
    public function now(): \DateTimeImmutable { return new \DateTimeImmutable(); }
}
final class Numbers implements MetricsCollector
{
    public mixed $also = null;
    public function increment(string $name, int|float $by, array $labels): void {}
    public function gauge(string $name, int|float $value, array $labels): void {}
    public function observe(string $name, float $value, array $labels, int $times): void {}
}
$simulator = new Simulator();
foreach (['logger' => Records::class, 'clock' => Clock::class, 'metrics' => Numbers::class] as $name => $class) {
    $helper = new $class();
    $manager = $simulator->ready([], [], ...[$name => $helper]);
    $helper->also = $manager;
    $weak = [\WeakReference::create($manager), \WeakReference::create($helper)];
    unset($manager, $helper);
    gc_collect_cycles();
    echo "$name: ", $weak[0]->get() === null && $weak[1]->get() === null ? 'freed' : 'LEAKED', "\n";
}
var_dump(sockets());
?>
--EXPECT--
logger: freed
clock: freed
metrics: freed
int(0)
