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
    public array $observed = [];
    public array $labels = [];
    public bool $throws = false;
    public function increment(string $name, int|float $by, array $labels): void
    {
        $this->counters[$name] = ($this->counters[$name] ?? 0) + $by;
        isset($labels['server_key']) and $this->labels = $labels;
        $this->throws and throw new \RuntimeException('no metrics');
    }
    public function gauge(string $name, int|float $value, array $labels): void
    {
        $value === 0 && isset($this->gauges[$name]) or $this->gauges[$name] = $value;
        $this->throws and throw new \RuntimeException('no metrics');
    }
    public function observe(string $name, float $value, array $labels, int $times): void
    {
        $this->observed[$name] = ($this->observed[$name] ?? 0) + $times;
        $this->throws and throw new \RuntimeException('no metrics');
    }
}
$simulator = new Simulator();
$numbers = new Numbers();
$manager = $simulator->ready([], [], metrics: $numbers);
$heard = 0;
$manager->onEvent('One', function () use (&$heard) { $heard++; });
$simulator->send('pbx1', ['One', 'One']);
until($manager, fn () => ($numbers->counters['ami_events_dispatched_total'] ?? 0) === 2 && ($numbers->gauges['ami_ready'] ?? 0) === 1);
var_dump($numbers->labels, $numbers->counters['ami_sessions_total'], $numbers->counters['ami_events_total'] >= 2);
$gauges = array_filter($numbers->gauges);
ksort($gauges);
echo implode("\n", array_keys($gauges)), "\n";
var_dump($numbers->observed['ami_event_lag_seconds'], $numbers->observed['ami_listener_duration_seconds'], $numbers->observed['ami_tick_duration_seconds'] > 1);
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
ami_build_info
ami_circuit_state
ami_connection_state
ami_event_queue_capacity
ami_heartbeat_latency_seconds
ami_pending_actions_limit
ami_ready
ami_servers
ami_state_since_timestamp_seconds
ami_write_buffer_limit_bytes
int(2)
int(2)
bool(true)%A
enum(Apn\AmiClient\ConnectionState::Ready)
