<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

/** Counts events by server and name, and tells how many there are a second. */
final class Rates
{
    /** Names of one server that are told apart: Asterisk has 250, and modules make up their own. */
    private const int MOST_NAMES = 1000;

    /** What further names are counted as. */
    public const string OTHERS = '(others)';

    /** @var array<string, array<string, array{int, int}>> events and bytes, by server and name */
    private array $counts = [];

    /** @var array<string, array<string, array{int, int}>> what $counts was at the last sample */
    private array $before = [];

    private float $sampledAt;

    /** @param float $startedAt seconds of any clock that is never set */
    public function __construct(private readonly float $startedAt)
    {
        $this->sampledAt = $startedAt;
    }

    public function count(string $server, string $name, int $bytes): void
    {
        if (!isset($this->counts[$server][$name]) && \count($this->counts[$server] ?? []) >= self::MOST_NAMES) {
            $name = self::OTHERS;
        }
        $this->counts[$server][$name] ??= [0, 0];
        $this->counts[$server][$name][0]++;
        $this->counts[$server][$name][1] += $bytes;
    }

    /**
     * What came since the last sample.
     *
     * @return list<Rate> the most frequent first
     */
    public function sample(float $now): array
    {
        $rates = $this->between($this->before, $now - $this->sampledAt);
        [$this->before, $this->sampledAt] = [$this->counts, $now];

        return $rates;
    }

    /**
     * What came since the beginning.
     *
     * @return list<Rate> the most frequent first
     */
    public function average(float $now): array
    {
        return $this->between([], $now - $this->startedAt);
    }

    /**
     * @param array<string, array<string, array{int, int}>> $before
     *
     * @return list<Rate>
     */
    private function between(array $before, float $seconds): array
    {
        if ($seconds <= 0.0) {
            return [];
        }
        $rates = [];
        foreach ($this->counts as $server => $names) {
            foreach ($names as $name => [$events, $bytes]) {
                [$eventsBefore, $bytesBefore] = $before[$server][$name] ?? [0, 0];
                $rates[] = new Rate("$server", "$name", ($events - $eventsBefore) / $seconds, ($bytes - $bytesBefore) / $seconds, $events);
            }
        }
        usort($rates, static fn(Rate $a, Rate $b): int => [$b->events, $b->total, $a->server, $a->name] <=> [$a->events, $a->total, $b->server, $b->name]);

        return $rates;
    }
}
