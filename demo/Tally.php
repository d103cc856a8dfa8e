<?php

declare(strict_types=1);

namespace Apn\AmiClient\Demo;

/** What was counted: events by node and by name, and how many a second. */
final class Tally
{
    /** @var array<string, int> */
    public private(set) array $byNode = [];

    /** @var array<string, int> */
    public private(set) array $byName = [];

    /** @var array<string, array{int, int}> the total and the time in ns when the rates were last asked for */
    private array $before = [];

    public readonly int $start;

    /** @param list<string> $nodes */
    public function __construct(array $nodes)
    {
        $this->start = (int) hrtime(true);
        foreach ($nodes as $node) {
            $this->byNode[$node] = 0;
            $this->before[$node] = [0, $this->start];
        }
    }

    public function count(string $node, string $name): void
    {
        $this->byNode[$node] = ($this->byNode[$node] ?? 0) + 1;
        $this->byName[$name] = ($this->byName[$name] ?? 0) + 1;
    }

    public function total(): int
    {
        return array_sum($this->byNode);
    }

    /** @return array<string, float> events a second by node, since the last call */
    public function rates(): array
    {
        $now = (int) hrtime(true);
        $rates = [];
        foreach ($this->byNode as $node => $total) {
            [$then, $at] = $this->before[$node] ?? [0, $this->start];
            $rates[$node] = ($total - $then) / max(1e-9, ($now - $at) / 1e9);
            $this->before[$node] = [$total, $now];
        }

        return $rates;
    }

    public function seconds(): float
    {
        return (hrtime(true) - $this->start) / 1e9;
    }
}
