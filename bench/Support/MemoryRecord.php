<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/**
 * This process's memory over time, judged at the end. The room for all samples is taken at the beginning, so that the record
 * is no growth itself; and nothing is written before the end, as a disk that others use makes a process wait.
 */
final class MemoryRecord
{
    /** Samples of a run, at least; and never more than one a second. */
    private const int SAMPLES = 200;

    private readonly float $interval;

    private readonly float $start;

    private float $next = 0.0;

    private int $count = 0;

    /** @var array<int, float> */
    private array $seconds;

    /** @var array<int, int> */
    private array $rss;

    /** @var array<int, int> */
    private array $php;

    /** @param float $seconds how long it will be; what comes after as long again is not recorded */
    public function __construct(float $seconds)
    {
        $this->interval = min(1.0, $seconds / self::SAMPLES);
        $room = (int) ceil(2 * $seconds / $this->interval);
        $this->seconds = array_fill(0, $room, 0.0);
        $this->rss = $this->php = array_fill(0, $room, 0);
        $this->start = microtime(true);
    }

    /** Call it as often as you like. */
    public function sample(): void
    {
        $now = microtime(true) - $this->start;
        if ($now < $this->next || !isset($this->seconds[$this->count])) {
            return;
        }
        $this->next = $now + $this->interval;
        $this->seconds[$this->count] = $now;
        $this->rss[$this->count] = self::residentBytes();
        $this->php[$this->count] = memory_get_usage();
        $this->count++;
    }

    /** The judgement, which compares the median of the last quarter of the run with that of the second. */
    public function growth(): MemoryGrowth
    {
        return new MemoryGrowth($this->taken($this->rss), $this->taken($this->php));
    }

    /** Draws both curves, and writes the samples as CSV, where the arguments name a file for it. */
    public function keep(Arguments $arguments, string $title): void
    {
        if (($path = $arguments->text('plot')) !== null) {
            $plot = new LinePlot($title)->panel('resident memory of the process (RSS), MiB', $this->curve($this->rss))->panel('memory_get_usage(), MiB', $this->curve($this->php));
            file_put_contents($path, $plot->svg());
        }
        if (($path = $arguments->text('csv')) !== null) {
            $lines = array_map(static fn(float $second, int $rss, int $php): string => \sprintf("%.2F,%d,%d\n", $second, $rss, $php), $this->taken($this->seconds), $this->taken($this->rss), $this->taken($this->php));
            file_put_contents($path, ["seconds,rss_bytes,php_bytes\n", ...$lines]);
        }
    }

    public static function residentBytes(): int
    {
        return preg_match('/^VmRSS:\s+(\d+) kB/m', (string) file_get_contents('/proc/self/status'), $match) === 1 ? (int) $match[1] * 1024 : 0;
    }

    /**
     * @param array<int, int> $bytes
     *
     * @return list<array{float, float}>
     */
    private function curve(array $bytes): array
    {
        return array_map(static fn(float $second, int $value): array => [$second, $value / 1048576], $this->taken($this->seconds), $this->taken($bytes));
    }

    /**
     * @template T
     *
     * @param array<int, T> $values
     *
     * @return list<T>
     */
    private function taken(array $values): array
    {
        $taken = [];
        for ($number = 0; $number < $this->count; $number++) {
            $taken[] = $values[$number];
        }

        return $taken;
    }
}
