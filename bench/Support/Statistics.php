<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

final class Statistics
{
    /** @param list<float|int> $values */
    public static function median(array $values): float
    {
        sort($values);
        $half = intdiv(\count($values), 2);

        return match (true) {
            $values === [] => NAN,
            \count($values) % 2 === 0 => ($values[$half - 1] + $values[$half]) / 2,
            default => (float) $values[$half],
        };
    }

    /** @param list<float|int> $values */
    public static function percentile(array $values, float $percent): float
    {
        sort($values);

        return $values === [] ? NAN : (float) $values[(int) min(\count($values) - 1, ceil(\count($values) * $percent / 100))];
    }
}
