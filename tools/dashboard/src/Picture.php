<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Dashboard;

/**
 * The panels of a dashboard as one SVG, from what its own queries give.
 *
 * @phpstan-type Color key-of<self::NAMED>
 * @phpstan-type Panel array{type: string, title: string, gridPos: array{x: int, y: int, w: int, h: int},
 *     targets: non-empty-list<array{expr: string, legendFormat: string}>,
 *     fieldConfig: array{defaults: array{unit: string, custom?: array{stacking: array{mode: string}},
 *         thresholds?: array{steps: list<array{color: Color, value: float|null}>},
 *         mappings?: list<array{options: array<int, array{text: string, color: Color}>}>}}}
 */
final class Picture
{
    private const int COLUMN = 44;

    private const int ROW = 22;

    private const array COLORS = ['#3274d9', '#e0752d', '#56a64b', '#c4162a', '#8f3bb8', '#b8860b', '#0a8f8f', '#d44a8b', '#666666', '#1f4e9c'];

    private const array NAMED = ['green' => '#56a64b', 'yellow' => '#e5b700', 'orange' => '#e0752d', 'red' => '#e02f44', 'dark-red' => '#8b0000', 'blue' => '#3274d9', 'gray' => '#9e9e9e'];

    private string $svg = '';

    /** @param list<array{from: int, to: int, name: string}> $marks what happened meanwhile */
    public function __construct(
        private readonly Prometheus $prometheus,
        private readonly int $from,
        private readonly int $to,
        private readonly int $step,
        private readonly string $rateInterval,
        private readonly array $marks,
    ) {}

    /** @param array{title: string, panels: list<Panel>} $dashboard */
    public function draw(array $dashboard): string
    {
        $height = 0;
        foreach ($dashboard['panels'] as $panel) {
            ['x' => $x, 'y' => $y, 'w' => $w, 'h' => $h] = $panel['gridPos'];
            [$x, $y, $w, $h] = [$x * self::COLUMN, $y * self::ROW + 40, $w * self::COLUMN - 8, $h * self::ROW - 8];
            $height = max($height, $y + $h + 8);
            if ($panel['type'] === 'row') {
                $this->text($x + 4, $y + 14, $panel['title'], 13, weight: 'bold');
                continue;
            }
            $this->svg .= "<rect x=\"$x\" y=\"$y\" width=\"$w\" height=\"$h\" fill=\"#fff\" stroke=\"#ddd\"/>\n";
            $this->text($x + 6, $y + 15, $panel['title'], 11, weight: 'bold');
            match ($panel['type']) {
                'stat' => $this->stat($panel, $x, $y, $w, $h),
                'state-timeline' => $this->timeline($panel, $x, $y, $w, $h),
                default => $this->lines($panel, $x, $y, $w, $h),
            };
        }
        $width = 24 * self::COLUMN + 8;

        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-8 0 $width $height\" font-family=\"sans-serif\" fill=\"#333\">\n"
            . "<rect x=\"-8\" width=\"$width\" height=\"$height\" fill=\"#f4f5f5\"/>\n"
            . self::textOf(0, 20, $dashboard['title'] . ', ' . gmdate('i:s', $this->to - $this->from) . ' minutes; shaded: what is done to pbx2', 14, 'bold')
            . $this->svg . "</svg>\n";
    }

    /** @param Panel $panel */
    private function stat(array $panel, int $x, int $y, int $w, int $h): void
    {
        $value = $this->prometheus->instant($this->query($panel['targets'][0]['expr']), $this->to);
        $color = 'green';
        foreach ($panel['fieldConfig']['defaults']['thresholds']['steps'] ?? [] as $step) {
            $color = $step['value'] === null || $value >= $step['value'] ? $step['color'] : $color;
        }
        $shown = $value === null ? 'no data' : self::number($value, $panel['fieldConfig']['defaults']['unit']);
        $this->text($x + intdiv($w, 2), $y + intdiv($h, 2) + 16, $shown, 24, self::NAMED[$color], 'bold', 'middle');
    }

    /** @param Panel $panel */
    private function timeline(array $panel, int $x, int $y, int $w, int $h): void
    {
        $states = $panel['fieldConfig']['defaults']['mappings'][0]['options'] ?? [];
        $all = $this->series($panel);
        [$left, $top, $right] = [$x + 50, $y + 38, $x + $w - 8];
        $each = intdiv($h - 90, max(1, \count($all)));
        $this->marks($left, $top, $right, $top + $each * \count($all), named: true);
        foreach ($all as $number => ['name' => $name, 'values' => $values]) {
            $line = $top + $number * $each;
            $this->text($x + 6, $line + intdiv($each, 2) + 4, $name, 11);
            $runs = [];
            foreach ($values as $at => $value) {
                $last = array_key_last($runs);
                if ($last !== null && $runs[$last][2] === $value) {
                    $runs[$last][1] = $at;
                } else {
                    $runs[] = [$at, $at, $value];
                }
            }
            foreach ($runs as [$from, $to, $value]) {
                $begin = $this->across($from, $left, $right);
                $width = max(1, $this->across($to + $this->step, $left, $right) - $begin);
                $color = self::NAMED[$states[(int) $value]['color'] ?? 'gray'];
                $this->svg .= \sprintf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", $begin, $line + 2, min($width, $right - $begin), $each - 4, $color);
            }
        }
        $this->axis($left, $y + $h - 34, $right);
        foreach (array_values($states) as $number => ['text' => $text, 'color' => $color]) {
            $this->legend($x + 50 + $number * 120, $y + $h - 12, $text, self::NAMED[$color]);
        }
    }

    /** @param Panel $panel */
    private function lines(array $panel, int $x, int $y, int $w, int $h): void
    {
        $unit = $panel['fieldConfig']['defaults']['unit'];
        $all = $this->series($panel);
        if (($panel['fieldConfig']['defaults']['custom']['stacking']['mode'] ?? '') === 'normal') {
            $all = self::stacked($all);
        }
        [$left, $top, $right, $bottom] = [$x + 52, $y + 26, $x + $w - 8, $y + $h - 46];
        $this->marks($left, $top, $right, $bottom);
        $most = max([0.0, ...array_map(static fn(array $series): float => max([0.0, ...$series['values']]), $all)]);
        $most = $most > 0 ? $most : 1.0;
        foreach ([0, 0.5, 1] as $share) {
            $line = (int) ($bottom - $share * ($bottom - $top));
            $this->svg .= "<path d=\"M$left {$line}H$right\" stroke=\"#eee\"/>\n";
            $this->text($left - 4, $line + 3, self::number($most * $share, $unit), 9, '#777', anchor: 'end');
        }
        $this->axis($left, $bottom + 11, $right);
        foreach ($all as $number => ['name' => $name, 'values' => $values]) {
            $color = self::COLORS[$number % \count(self::COLORS)];
            $path = '';
            $before = null;
            foreach ($values as $at => $value) {
                $pen = $before !== null && $at - $before <= $this->step ? 'L' : 'M';
                $path .= \sprintf('%s%d %d', $pen, $this->across($at, $left, $right), $bottom - (int) round($value / $most * ($bottom - $top)));
                $before = $at;
            }
            $this->svg .= "<path d=\"$path\" fill=\"none\" stroke=\"$color\" stroke-width=\"1.2\"/>\n";
            if ($number < 6) {
                $this->legend($x + 8 + ($number % 3) * intdiv($w, 3), $y + $h - 20 + intdiv($number, 3) * 13, $name, $color);
            }
        }
        if ($all === []) {
            $this->text(intdiv($left + $right, 2), intdiv($top + $bottom, 2), 'nothing of this happened', 10, '#999', anchor: 'middle');
        }
    }

    /**
     * @param Panel $panel
     *
     * @return list<array{name: string, most: float, values: array<int, float>}>
     */
    private function series(array $panel): array
    {
        $all = [];
        foreach ($panel['targets'] as $target) {
            foreach ($this->prometheus->range($this->query($target['expr']), $this->from, $this->to, $this->step) as $series) {
                $values = array_filter($series['values'], is_finite(...));
                if ($values !== []) {
                    $labels = [];
                    foreach ($series['labels'] as $name => $value) {
                        $labels['{{' . $name . '}}'] = $value;
                    }
                    $all[] = ['name' => strtr($target['legendFormat'], $labels), 'most' => max($values), 'values' => $values];
                }
            }
        }
        // The largest first: the legend has room for some only.
        usort($all, $panel['type'] === 'state-timeline'
            ? static fn(array $one, array $other): int => $one['name'] <=> $other['name']
            : static fn(array $one, array $other): int => $other['most'] <=> $one['most']);

        return $all;
    }

    /**
     * @param list<array{name: string, most: float, values: array<int, float>}> $all
     *
     * @return list<array{name: string, most: float, values: array<int, float>}>
     */
    private static function stacked(array $all): array
    {
        $below = [];
        foreach ($all as &$series) {
            foreach ($series['values'] as $at => $value) {
                $below[$at] = $series['values'][$at] = $value + ($below[$at] ?? 0.0);
            }
        }

        return $all;
    }

    private function query(string $expression): string
    {
        return strtr($expression, ['$__rate_interval' => $this->rateInterval, '$server' => '.*', '$instance' => '.*']);
    }

    private function across(int $at, int $left, int $right): int
    {
        return (int) round($left + ($at - $this->from) / ($this->to - $this->from) * ($right - $left));
    }

    private function marks(int $left, int $top, int $right, int $bottom, bool $named = false): void
    {
        foreach ($this->marks as ['from' => $from, 'to' => $to, 'name' => $name]) {
            $begin = $this->across($from, $left, $right);
            $this->svg .= \sprintf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#000\" opacity=\"0.07\"/>\n", $begin, $top - 4, $this->across($to, $left, $right) - $begin, $bottom - $top + 4);
            if ($named) {
                $this->text($begin + 2, $top - 7, $name, 10, '#777');
            }
        }
    }

    private function axis(int $left, int $y, int $right): void
    {
        for ($at = 0; $at <= $this->to - $this->from; $at += 60) {
            $this->text($this->across($this->from + $at, $left, $right), $y, intdiv($at, 60) . ' min', 9, '#777', anchor: 'middle');
        }
    }

    private function legend(int $x, int $y, string $name, string $color): void
    {
        $this->svg .= \sprintf("<rect x=\"%d\" y=\"%d\" width=\"8\" height=\"4\" fill=\"%s\"/>\n", $x, $y - 5, $color);
        $this->text($x + 11, $y, mb_strimwidth($name, 0, 22, '…'), 9);
    }

    private function text(int $x, int $y, string $text, int $size, string $color = '#333', string $weight = 'normal', string $anchor = 'start'): void
    {
        $this->svg .= self::textOf($x, $y, $text, $size, $weight, $color, $anchor);
    }

    private static function textOf(int $x, int $y, string $text, int $size, string $weight = 'normal', string $color = '#333', string $anchor = 'start'): string
    {
        return \sprintf("<text x=\"%d\" y=\"%d\" font-size=\"%d\" font-weight=\"%s\" fill=\"%s\" text-anchor=\"%s\">%s</text>\n", $x, $y, $size, $weight, $color, $anchor, htmlspecialchars($text, ENT_XML1));
    }

    private static function number(float $value, string $unit): string
    {
        $short = static fn(float $value): string => (string) round($value, $value >= 10 ? 0 : ($value >= 1 ? 1 : 2));

        return match (true) {
            $unit === 's' && $value > 0 && $value < 0.001 => $short($value * 1e6) . ' µs',
            $unit === 's' && $value > 0 && $value < 1 => $short($value * 1e3) . ' ms',
            $unit === 's' => $short($value) . ' s',
            $unit === 'percentunit' => $short($value * 100) . ' %',
            $value >= 1e6 => $short($value / 1e6) . ' M',
            $value >= 1e4 => $short($value / 1e3) . ' k',
            default => $short($value),
        };
    }
}
