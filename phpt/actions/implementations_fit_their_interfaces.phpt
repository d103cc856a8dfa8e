--TEST--
Implementations of the interfaces may take more and promise more
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Numbers implements MetricsCollector
{
    public function increment(string $name, int|float|string $by, array $labels, bool $more = false): void {}

    public function gauge(string $name, int|float $value, array $labels): void {}

    public function observe(string $name, int|float $value, ?array $labels, int $times): void {}
}
class Every implements EventFilter
{
    public function accepts(AmiEvent $event): true
    {
        return true;
    }
}
class Own implements Action
{
    public function name(): string
    {
        return 'Ping';
    }

    public function headers(): array
    {
        return [];
    }

    public function completionStrategy(): ?SingleResponse
    {
        return null;
    }
}
class Patient implements CompletionStrategy
{
    public function maxDurationMs(): null
    {
        return null;
    }

    public function maxMessages(): int
    {
        return 1;
    }

    public function isComplete(mixed $message, bool $more = false): true
    {
        return true;
    }
}
var_dump(new Numbers() instanceof MetricsCollector, new Every() instanceof EventFilter, new Own() instanceof Action, new Patient() instanceof CompletionStrategy);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
