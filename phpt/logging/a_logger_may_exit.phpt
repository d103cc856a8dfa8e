--TEST--
exit() in a logger, a clock and a collector ends the script
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

$classes = 'namespace Psr\Log { interface LoggerInterface {} } namespace Psr\Clock { interface ClockInterface {} }';
foreach ([
    'logger' => 'new class implements \Psr\Log\LoggerInterface { public function log($l, $m, $c = []) { exit(21); } }',
    'clock' => 'new class implements \Psr\Clock\ClockInterface { public function now() { exit(22); } }',
    'metrics' => 'new class implements MetricsCollector {
        public function increment(string $name, int|float $by, array $labels): void { exit(23); }
        public function gauge(string $name, int|float $value, array $labels): void { exit(23); }
        public function observe(string $name, float $value, array $labels, int $times): void { exit(23); } }',
] as $name => $code) {
    echo script("require '" . __DIR__ . "/../psr.inc'; " . str_replace('public function log($l, $m, $c = [])', 'public function log($l, string|\Stringable $m, array $c = []): void', str_replace('now()', 'now(): \DateTimeImmutable', "\$simulator->ready([], [], $name: $code); until(\$manager, fn () => print('not reached'));"))), "\n";
}
?>
--EXPECT--
21
22
23
