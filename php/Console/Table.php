<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

/** Rows in columns. */
final readonly class Table
{
    /** The last column alone is never cut: it says why. */
    private const int MOST_CELL = 40;

    /**
     * @param list<string> $titles
     * @param list<list<string>> $rows may be shorter than the titles
     * @param int $coloured the column that has a colour
     * @param array<string, int> $colours of its values
     * @param int|null $otherwise the colour of other values
     *
     * @return list<string>
     */
    public static function lines(Screen $screen, array $titles, array $rows, int $coloured = -1, array $colours = [], ?int $otherwise = null): array
    {
        $widths = array_map(Screen::width(...), $titles);
        foreach ($rows as $row) {
            foreach ($row as $column => $cell) {
                $widths[$column] = max($widths[$column] ?? 0, min(self::MOST_CELL, Screen::width(Screen::clean($cell))));
            }
        }
        $lines = [$screen->colour(self::line($titles, $widths), 1)];
        foreach ($rows as $row) {
            $cells = [];
            foreach ($row as $column => $cell) {
                $text = $column === \count($titles) - 1 ? Screen::clean($cell) : Screen::cell($cell, $widths[$column] ?? 0);
                $colour = $column === $coloured ? $colours[$cell] ?? $otherwise : null;
                $cells[] = $colour === null ? $text : $screen->colour($text, $colour);
            }
            $lines[] = rtrim(implode('  ', $cells));
        }

        return $lines;
    }

    /**
     * @param list<string> $cells
     * @param array<int, int> $widths
     */
    private static function line(array $cells, array $widths): string
    {
        $padded = [];
        foreach ($cells as $column => $cell) {
            $padded[] = Screen::cell($cell, $widths[$column] ?? 0);
        }

        return rtrim(implode('  ', $padded));
    }
}
