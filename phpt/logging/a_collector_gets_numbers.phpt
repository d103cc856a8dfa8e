--TEST--
A MetricsCollector gets counters and gauges with labels; one that throws disturbs nothing
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
    public array $labels = [];
    public bool $throws = false;
    public function increment(string $name, int|float $by, array $labels): void
    {
        $this->counters[$name] = ($this->counters[$name] ?? 0) + $by;
        $this->labels = $labels;
        $this->throws and throw new \RuntimeException('no metrics');
    }
    public function gauge(string $name, int|float $value, array $labels): void
    {
        $this->gauges[$name] = $value;
        $this->throws and throw new \RuntimeException('no metrics');
    }
    public function observe(string $name, float $value, array $labels): void {}
}
$simulator = new Simulator();
$numbers = new Numbers();
$manager = $simulator->ready([], [], metrics: $numbers);
$heard = 0;
$manager->onEvent('One', function () use (&$heard) { $heard++; });
$simulator->send('pbx1', ['One', 'One']);
until($manager, fn () => ($numbers->counters['ami_events_dispatched_total'] ?? 0) === 2 && ($numbers->gauges['ami_ready'] ?? 0) === 1);
var_dump($numbers->labels, $numbers->counters['ami_sessions_total'], $numbers->counters['ami_events_total'] >= 2);
ksort($numbers->gauges);
echo implode(' ', array_keys($numbers->gauges)), "\n";
$numbers->throws = true;
until($manager, fn () => @$manager->tickAll(20) && $manager->metrics()['process']['callback_failures'] >= 4);
var_dump($manager->default()->state());
?>
--EXPECTF--
array(2) {
  ["server_key"]=>
  string(4) "pbx1"
  ["server_host"]=>
  string(9) "127.0.0.1"
}
int(1)
bool(true)
ami_event_queue_depth ami_pending_actions ami_ready ami_write_buffer_bytes%A
enum(Apn\AmiClient\ConnectionState::Ready)
