--TEST--
A class that implements MetricsCollector with other types does not compile
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Wrong implements MetricsCollector
{
    public function increment(string $name, int $by, array $labels): void {}
    public function gauge(string $name, int|float $value, array $labels): void {}
    public function observe(string $name, float $value, array $labels, int $times): void {}
}
?>
--EXPECTF--
Fatal error: Declaration of Apn\AmiClient\Wrong::increment(string $name, int $by, array $labels): void must be compatible with Apn\AmiClient\MetricsCollector::increment(string $name, int|float $by, array $labels): void in %s on line %d
