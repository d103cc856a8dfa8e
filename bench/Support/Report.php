<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** The results in Markdown, which is readable in a terminal, too. */
final readonly class Report
{
    /** @param list<string> $conditions what the figures depend on, a line each */
    public function __construct(private Results $results, private array $conditions) {}

    public function markdown(): string
    {
        $remarks = array_map(static fn(string $remark): string => "- $remark", $this->results->remarks());

        return implode("\n", [
            ...array_map(static fn(string $line): string => "- $line", $this->conditions),
            '',
            'Thousand events a second: the median, and in brackets the lowest and the highest of the rounds.',
            '',
            ...$this->rates(),
            '',
            ...$this->others(),
            '',
            ...$this->bounds(),
            '',
            $remarks === [] ? 'Nobody lost, doubled or damaged an event.' : "Not as it should be:\n",
            ...$remarks,
            '',
        ]);
    }

    /** @return list<string> */
    private function rates(): array
    {
        return $this->table('', array_map(fn(Row $row): array => [$row->title(), ...array_map(function (Client $client) use ($row): string {
            $rates = $this->results->rates($row, $client);

            return $rates === [] ? $this->none($row, $client) : \sprintf('%s (%s to %s)', ...array_map(self::thousands(...), [Statistics::median($rates), min($rates), max($rates)]));
        }, $this->results->clients)], Row::RATES));
    }

    /** @return list<string> */
    private function others(): array
    {
        $results = $this->results;
        $times = static fn(Row $row, string $format): \Closure => static function (Client $client) use ($results, $row, $format): string {
            $times = $results->times($row, $client);

            return $times === [] ? '–' : \sprintf($format, Statistics::median($times) / 1e3, Statistics::percentile($times, 99) / 1e3);
        };
        // Of fread, what there is.
        $row = static fn(Row $row, Client $client): Row => $client->does($row->work()) ? $row : Row::Nothing;
        $cpu = static fn(Row $of): \Closure => static fn(Client $client): string => \sprintf('%.2f µs', $results->cpu($row($of, $client), $client));
        $columns = [
            Row::Ping->title() . ', median (99th percentile)' => $times(Row::Ping, '%.1f µs (%.0f)'),
            Row::First->title() . ', median' => $times(Row::First, '%.0f µs'),
            'processor time an event, three headers read' => $cpu(Row::Three),
            'processor time an event, all headers as an array' => $cpu(Row::All),
            'most memory resident, three headers read' => static fn(Client $client): string => \sprintf('%.1f MiB', $results->peak($row(Row::Three, $client), $client) / (1 << 20)),
        ];
        $lines = [];
        foreach ($columns as $title => $cell) {
            $lines[] = [$title, ...array_map($cell, $this->results->clients)];
        }

        return $this->table('', $lines);
    }

    /** @return list<string> */
    private function bounds(): array
    {
        return self::lines(['bound', 'in this run', ''], array_map(
            static fn(Bound $bound): array => [$bound->what, $bound->figure, $bound->isKept === false ? '**missed**' : $bound->verdict()],
            Bound::judge($this->results),
        ));
    }

    /**
     * @param list<list<string>> $lines
     *
     * @return list<string>
     */
    private function table(string $corner, array $lines): array
    {
        return self::lines([$corner, ...array_map(static fn(Client $client): string => $client->label(), $this->results->clients)], $lines);
    }

    /**
     * @param list<string> $head
     * @param list<list<string>> $lines
     *
     * @return list<string>
     */
    private static function lines(array $head, array $lines): array
    {
        return [self::line($head), '|' . str_repeat('---|', \count($head)), ...array_map(self::line(...), $lines)];
    }

    /** @param list<string> $cells */
    private static function line(array $cells): string
    {
        return '| ' . implode(' | ', array_map(static fn(string $cell): string => strtr($cell, ['|' => '\\|', "\n" => ' ']), $cells)) . ' |';
    }

    private function none(Row $row, Client $client): string
    {
        return $this->results->of($row, $client) === [] ? '–' : 'not all, or twice';
    }

    /** With three digits that count. */
    public static function thousands(float $rate): string
    {
        return number_format($rate / 1e3, $rate < 1e5 ? 1 : 0);
    }
}
