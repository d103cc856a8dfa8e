<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

/**
 * The known name that a wrong one was probably meant to be.
 *
 * @internal
 */
final class Suggestion
{
    /**
     * Case, `_` and `-` do not count. Near enough is one edit in three letters, at most three.
     *
     * @param iterable<string> $known
     */
    public static function nearest(string $given, iterable $known): ?string
    {
        $given = self::plain($given);
        if ($given === '' || \strlen($given) > 64) {
            return null;
        }
        $least = min(3, max(1, intdiv(\strlen($given), 3))) + 1;
        $nearest = null;
        foreach ($known as $name) {
            $edits = self::distance($given, self::plain($name));
            if ($edits < $least) {
                [$least, $nearest] = [$edits, $name];
            }
        }

        return $nearest;
    }

    private static function plain(string $name): string
    {
        return strtolower(str_replace(['_', '-'], '', $name));
    }

    /** Insertions, deletions, replacements and swaps of neighbours. */
    private static function distance(string $a, string $b): int
    {
        $rows = [range(0, \strlen($b))];
        for ($i = 1; $i <= \strlen($a); $i++) {
            $rows[$i] = [$i];
            for ($j = 1; $j <= \strlen($b); $j++) {
                $best = min($rows[$i - 1][$j - 1] + (int) ($a[$i - 1] !== $b[$j - 1]), $rows[$i - 1][$j] + 1, $rows[$i][$j - 1] + 1);
                if ($i > 1 && $j > 1 && $a[$i - 2] === $b[$j - 1] && $a[$i - 1] === $b[$j - 2]) {
                    $best = min($best, $rows[$i - 2][$j - 2] + 1);
                }
                $rows[$i][$j] = $best;
            }
        }

        return $rows[\strlen($a)][\strlen($b)];
    }
}
