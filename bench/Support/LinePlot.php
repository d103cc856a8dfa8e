<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/**
 * Curves over time as an SVG, one panel above the other on a shared time axis.
 *
 * Every value axis begins at 0: what is flat looks flat, and what grows looks as if it grew by its true share.
 */
final class LinePlot
{
    private const int WIDTH = 820;

    private const int LEFT = 74;

    private const int RIGHT = 18;

    private const int PANEL = 170;

    private const int GAP = 40;

    private const int TOP = 46;

    /** Points of a curve; more only make the file larger. */
    private const int MOST_POINTS = 240;

    private const array COLOURS = ['#1f6fb4', '#c4501b', '#2b8a3e', '#7048a8'];

    /** @var list<array{label: string, points: list<array{float, float}>}> */
    private array $panels = [];

    public function __construct(private readonly string $title) {}

    /** @param list<array{float, float}> $points seconds and value, in the order of time */
    public function panel(string $label, array $points): self
    {
        $this->panels[] = ['label' => $label, 'points' => $points];

        return $this;
    }

    public function svg(): string
    {
        $height = self::TOP + \count($this->panels) * (self::PANEL + self::GAP) + 8;
        $times = array_merge(...array_map(static fn(array $panel): array => array_column($panel['points'], 0), $this->panels));
        $end = max(1e-3, ...$times);
        $parts = [
            \sprintf('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12" fill="#333">', self::WIDTH, $height),
            \sprintf('<rect width="%d" height="%d" fill="#fff"/>', self::WIDTH, $height),
            \sprintf('<text x="%d" y="24" font-size="15">%s</text>', self::LEFT, self::text($this->title)),
        ];
        foreach ($this->panels as $number => $panel) {
            array_push($parts, ...$this->drawn($panel['label'], $panel['points'], $number, $end));
        }

        return implode("\n", $parts) . "\n</svg>\n";
    }

    /**
     * @param list<array{float, float}> $points
     *
     * @return list<string>
     */
    private function drawn(string $label, array $points, int $number, float $end): array
    {
        $bottom = self::TOP + $number * (self::PANEL + self::GAP) + self::PANEL;
        $top = self::roundedUp(max(1e-9, ...array_column($points, 1)) * 1.05);
        $x = static fn(float $time): float => self::LEFT + $time / $end * (self::WIDTH - self::LEFT - self::RIGHT);
        $y = static fn(float $value): float => $bottom - $value / $top * (self::PANEL - 22);
        $parts = [\sprintf('<text x="%d" y="%d" fill="%s">%s</text>', self::LEFT, $bottom - self::PANEL + 12, self::colour($number), self::text($label))];
        for ($line = 0; $line <= 4; $line++) {
            $at = $y($top * $line / 4);
            $parts[] = \sprintf('<path d="M%d %.1fH%d" stroke="#ddd"/>', self::LEFT, $at, self::WIDTH - self::RIGHT);
            $parts[] = \sprintf('<text x="%d" y="%.1f" text-anchor="end">%s</text>', self::LEFT - 8, $at + 4, self::number($top * $line / 4));
        }
        [$unit, $name] = $end > 300 ? [60.0, 'min'] : [1.0, 's'];
        $step = self::roundedUp($end / $unit / 8, [1, 2, 5, 10]);
        for ($mark = 0.0; $mark * $unit <= $end; $mark += $step) {
            $parts[] = \sprintf('<text x="%.1f" y="%d" text-anchor="middle">%s</text>', $x($mark * $unit), $bottom + 16, self::number($mark) . ($mark === 0.0 ? " $name" : ''));
        }
        $path = array_map(static fn(array $point): string => \sprintf('%.1f %.1f', $x($point[0]), $y($point[1])), self::thinned($points));
        $parts[] = \sprintf('<path d="M%s" fill="none" stroke="%s" stroke-width="1.5"/>', implode('L', $path), self::colour($number));

        return $parts;
    }

    /**
     * Of each stretch the highest point, so that no peak is lost.
     *
     * @param list<array{float, float}> $points
     *
     * @return list<array{float, float}>
     */
    private static function thinned(array $points): array
    {
        $highest = [];
        foreach (array_chunk($points, max(1, (int) ceil(\count($points) / self::MOST_POINTS))) as $stretch) {
            $best = $stretch[0];
            foreach ($stretch as $point) {
                $best = $point[1] > $best[1] ? $point : $best;
            }
            $highest[] = $best;
        }

        return $highest;
    }

    /**
     * The next number that is such a figure and zeros: by default one of which a quarter is short to write.
     *
     * @param non-empty-list<int> $figures
     */
    private static function roundedUp(float $value, array $figures = [1, 2, 4, 6, 8, 10]): float
    {
        $power = 10 ** floor(log10($value));
        foreach ($figures as $step) {
            if ($step * $power >= $value) {
                return $step * $power;
            }
        }

        return 10 * $power;
    }

    private static function number(float $value): string
    {
        return rtrim(rtrim(number_format($value, 2), '0'), '.');
    }

    private static function colour(int $number): string
    {
        return self::COLOURS[$number % \count(self::COLOURS)];
    }

    private static function text(string $text): string
    {
        return htmlspecialchars($text, ENT_XML1);
    }
}
