<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/**
 * Horizontal bars in SVG, on one linear axis from zero, so that a bar twice as long is twice as much. Readable on light and
 * on dark.
 */
final class BarChart
{
    private const int WIDTH = 760;
    private const int LABELS = 150;
    private const int VALUES = 60;
    private const int BAR = 14;
    private const int STEP = 19;
    private const int GROUP = 34;
    private const int TOP = 44;
    private const int LINE = 15;

    private const string STYLE = <<<'CSS'
        text { font: 12px system-ui, sans-serif; fill: #24292f; }
        .title { font-size: 15px; font-weight: 600; }
        .group { font-weight: 600; }
        .note { font-size: 11px; fill: #57606a; }
        .ours { fill: #2f6fde; }
        .peer { fill: #9aa4b2; }
        .raw { fill: #d29922; }
        .spread { stroke: #24292f; stroke-width: 1.5; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .note { fill: #9198a1; }
          .ours { fill: #4c8dff; }
          .peer { fill: #6e7681; }
          .spread { stroke: #e6edf3; }
        }
        CSS;

    /** @var list<array{string, list<array{string, string, float, float, float}>}> */
    private array $groups = [];

    /** @param list<string> $notes lines below the bars */
    public function __construct(private readonly string $title, private readonly array $notes) {}

    /** What ./dev bench compare shows: a group a row of the table. */
    public static function ofRates(Results $results, string $title, string ...$notes): self
    {
        $chart = new self($title, array_values($notes));
        foreach (Row::RATES as $row) {
            $bars = [];
            foreach ($results->clients as $client) {
                $rates = $results->rates($row, $client);
                if ($rates !== []) {
                    $class = $client->isPeer() ? 'peer' : $client->name;
                    $bars[] = [$class, $client->title, Statistics::median($rates) / 1e3, min($rates) / 1e3, max($rates) / 1e3];
                }
            }
            if ($bars !== []) {
                $chart->group($row->title(), $bars);
            }
        }

        return $chart;
    }

    /** @param list<array{string, string, float, float, float}> $bars class in the style, label, value, lowest, highest */
    public function group(string $title, array $bars): void
    {
        $this->groups[] = [$title, $bars];
    }

    public function svg(): string
    {
        $most = max([1e-9, ...array_merge(...array_map(static fn(array $group): array => array_column($group[1], 4), $this->groups))]);
        $scale = (self::WIDTH - self::LABELS - self::VALUES) / $most;
        $lines = [];
        $y = self::TOP;
        foreach ($this->groups as [$title, $bars]) {
            $lines[] = self::text(8, $y, 'group', $title);
            $y += self::LINE - 5;
            foreach ($bars as [$class, $label, $value, $low, $high]) {
                $middle = $y + self::BAR / 2;
                $lines[] = self::text(self::LABELS - 8, $middle + 4, '', $label, 'end');
                $lines[] = \sprintf('<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/>', $class, self::LABELS, $y, $value * $scale, self::BAR);
                $lines[] = \sprintf('<line class="spread" x1="%.1f" x2="%.1f" y1="%.1f" y2="%3$.1f"/>', self::LABELS + $low * $scale, self::LABELS + $high * $scale, $middle);
                $lines[] = self::text(self::LABELS + $high * $scale + 6, $middle + 4, '', Report::thousands($value * 1e3));
                $y += self::STEP;
            }
            $y += self::GROUP - self::LINE;
        }
        foreach ($this->notes as $note) {
            $lines[] = self::text(8, $y, 'note', $note);
            $y += self::LINE;
        }

        return \sprintf('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">', self::WIDTH, $y, self::escape($this->title))
            . "\n<style>\n" . self::STYLE . "\n</style>\n" . self::text(8, 20, 'title', $this->title) . "\n" . implode("\n", $lines) . "\n</svg>\n";
    }

    private static function text(float $x, float $y, string $class, string $text, string $anchor = 'start'): string
    {
        return \sprintf(
            '<text x="%s" y="%s"%s%s>%s</text>',
            round($x, 1),
            round($y, 1),
            $class === '' ? '' : " class=\"$class\"",
            $anchor === 'start' ? '' : " text-anchor=\"$anchor\"",
            self::escape($text),
        );
    }

    private static function escape(string $text): string
    {
        return htmlspecialchars($text, ENT_XML1 | ENT_QUOTES);
    }
}
