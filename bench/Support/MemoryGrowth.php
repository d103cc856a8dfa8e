<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/**
 * Whether memory grew: the median of the last quarter of a run against that of its second, as buffers reach their size in
 * the first and single samples say little.
 */
final readonly class MemoryGrowth
{
    /**
     * What allocators keep for later differs by some pages from one moment to the next. In an hour of the soak run, in
     * which some 10^8 events come, a leak of a byte in every fifty events goes past this.
     */
    public const int MOST_RSS = 2 * 1024 * 1024;

    /** PHP keeps what it has freed, and gives it out again. */
    public const int MOST_PHP = 128 * 1024;

    /**
     * @param list<int> $rss bytes
     * @param list<int> $php bytes
     */
    public function __construct(private array $rss, private array $php) {}

    /** @return list<string> what grew by more than its bound */
    public function failures(int $mostRss = self::MOST_RSS, int $mostPhp = self::MOST_PHP): array
    {
        $failures = [];
        foreach (['RSS' => [$this->rss, $mostRss], 'memory_get_usage()' => [$this->php, $mostPhp]] as $what => [$samples, $most]) {
            $grown = self::median($samples, 3) - self::median($samples, 1);
            if ($grown > $most) {
                $failures[] = \sprintf('%s grew by %s KiB, more than %s', $what, number_format($grown / 1024), number_format($most / 1024));
            }
        }

        return $failures;
    }

    public function table(): string
    {
        $text = \sprintf("%-22s %14s %14s %14s %14s   KiB, medians\n", '', '1st quarter', '2nd', '3rd', 'last');
        foreach (['RSS' => $this->rss, 'memory_get_usage()' => $this->php] as $what => $samples) {
            $medians = array_map(static fn(int $quarter): string => number_format(self::median($samples, $quarter) / 1024), [0, 1, 2, 3]);
            $text .= \sprintf("%-22s %14s %14s %14s %14s\n", $what, ...$medians);
        }

        return $text;
    }

    /** @param list<int> $samples */
    private static function median(array $samples, int $quarter): int
    {
        $length = intdiv(\count($samples), 4);
        if ($length === 0) {
            throw new \LogicException('too few samples');
        }
        $part = \array_slice($samples, $quarter * $length, $length);
        sort($part);

        return $part[intdiv($length, 2)];
    }
}
