<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** A histogram of milliseconds that takes the same memory however many are counted. */
final class Latency
{
    private const float WIDTH = 0.05;

    /** Longer ones share the last bucket; the longest is kept apart. */
    private const int BUCKETS = 40_000;

    /** @var array<int, int> */
    private array $buckets;

    private int $count = 0;

    private float $longest = 0.0;

    public function __construct()
    {
        $this->buckets = array_fill(0, self::BUCKETS, 0);
    }

    public function add(float $milliseconds): void
    {
        $this->buckets[max(0, min(self::BUCKETS - 1, (int) ($milliseconds / self::WIDTH)))]++;
        $this->count++;
        $this->longest = max($this->longest, $milliseconds);
    }

    public function count(): int
    {
        return $this->count;
    }

    public function longest(): float
    {
        return $this->longest;
    }

    /** The upper end of the bucket in which that percentile lies; the longest of all where it is past the last bucket, of two seconds. */
    public function percentile(float $percent): float
    {
        $wanted = $this->count * $percent / 100;
        $seen = 0;
        foreach ($this->buckets as $number => $count) {
            $seen += $count;
            if ($seen >= $wanted && $count > 0) {
                return $number === self::BUCKETS - 1 ? $this->longest : min($this->longest, ($number + 1) * self::WIDTH);
            }
        }

        return NAN;
    }

    public function text(): string
    {
        return \sprintf('%.1f / %.1f / %.1f ms', $this->percentile(50), $this->percentile(99), $this->longest);
    }
}
