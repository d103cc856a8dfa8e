<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Bench;

use Apn\AmiClient\Bench\Support\BarChart;
use Apn\AmiClient\Bench\Support\Bound;
use Apn\AmiClient\Bench\Support\Client;
use Apn\AmiClient\Bench\Support\Clients;
use Apn\AmiClient\Bench\Support\Report;
use Apn\AmiClient\Bench\Support\Results;
use Apn\AmiClient\Bench\Support\Row;
use Apn\AmiClient\Bench\Support\Sample;
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/../../../bench/Support/autoload.php';

/** The table, the plot and the verdicts of ./dev bench compare, from numbers that are given. */
final class ReportTest extends TestCase
{
    private const int EVENTS = 100_000;

    private Client $ours;

    private Client $raw;

    private Client $fast;

    private Client $slow;

    private Results $results;

    protected function setUp(): void
    {
        $this->ours = new Client(Clients::OURS, 'apn/ami-client');
        $this->raw = new Client(Clients::RAW, "PHP's fread");
        $this->fast = new Client('clue', 'clue/ami-react', '1.2.0');
        $this->slow = new Client('pami', 'marcelog/<pami>|', '2.0.2');
        $this->results = new Results([$this->ours, $this->raw, $this->fast, $this->slow]);
    }

    public function test_a_cell_has_the_median_the_lowest_and_the_highest(): void
    {
        $this->add(Row::Three, $this->ours, 1_100_000, 1_200_000, 900_000);
        $this->add(Row::Three, $this->slow, 97_300);
        self::assertStringContainsString('| three headers read | 1,100 (900 to 1,200) | – | – | 97.3 (97.3 to 97.3) |', $this->markdown());
    }

    public function test_a_name_cannot_break_the_table(): void
    {
        self::assertStringContainsString('| marcelog/<pami>\| 2.0.2 |', $this->markdown());
    }

    public function test_what_a_run_was_made_under_is_said(): void
    {
        self::assertStringContainsString("- a machine, load 0.1\n", new Report($this->results, ['a machine, load 0.1'])->markdown());
    }

    public function test_a_client_that_loses_many_events_has_no_speed(): void
    {
        $this->add(Row::Three, $this->fast, 200_000);
        $this->results->add(Row::Three, $this->slow, new Sample(self::EVENTS, 50_000, true, 0.001, 0.001, 1, true));
        self::assertSame($this->fast, $this->results->fastestPeer(Row::Three));
        $said = $this->markdown();
        self::assertStringContainsString('| 200 (200 to 200) | not all, or twice |', $said);
        self::assertStringContainsString('marcelog/<pami>|, three headers read: 50,000 events lost', $said);
    }

    public function test_a_client_that_hears_events_twice_has_no_speed(): void
    {
        $this->results->add(Row::Three, $this->fast, new Sample(self::EVENTS, self::EVENTS + 200, true, 0.001, 0.001, 1, true));
        self::assertNull($this->results->fastestPeer(Row::Three));
    }

    public function test_doubled_and_damaged_events_are_told(): void
    {
        $this->results->add(Row::Three, $this->fast, new Sample(self::EVENTS, self::EVENTS + 2, true, 1.0, 1.0, 1, true));
        $this->results->add(Row::All, $this->fast, new Sample(self::EVENTS, self::EVENTS, false, 1.0, 1.0, 1, true));
        self::assertSame([
            'clue/ami-react, three headers read: 2 events too many',
            'clue/ami-react, all headers as an array: in 1 of 1 rounds not all headers of all events arrived',
        ], $this->results->remarks());
    }

    public function test_a_jit_that_was_not_there_is_told(): void
    {
        $this->results->add(Row::Three, $this->ours, new Sample(self::EVENTS, self::EVENTS, true, 1.0, 1.0, 1, false));
        self::assertSame(['apn/ami-client, three headers read: the JIT was off, which it should not be'], $this->results->remarks());
    }

    public function test_nothing_is_said_to_be_wrong_where_nothing_is(): void
    {
        $this->add(Row::Three, $this->ours, 1_000_000);
        self::assertStringContainsString('Nobody lost, doubled or damaged an event.', $this->markdown());
    }

    public function test_bounds_are_judged_by_the_fastest_of_the_others(): void
    {
        $this->add(Row::Three, $this->ours, 1_200_000);
        $this->results->add(Row::Three, $this->slow, new Sample(self::EVENTS, self::EVENTS, true, 2.0, 1.0, 1, true));
        self::assertSame(['kept', '24.0 times marcelog/<pami>| (2.0 by processor time)'], $this->bound(0));
        $this->add(Row::Three, $this->fast, 100_001);
        self::assertSame(['missed', '12.0 times clue/ami-react (1.0 by processor time)'], $this->bound(0));
        $this->add(Row::All, $this->ours, 800_000);
        $this->add(Row::All, $this->fast, 100_000);
        self::assertSame(['kept', '8.0 times clue/ami-react (1.0 by processor time)'], $this->bound(1));
    }

    public function test_a_bound_without_anybody_to_compare_with_is_not_measured(): void
    {
        $this->add(Row::Three, $this->ours, 1_200_000);
        foreach (Bound::judge($this->results) as $bound) {
            self::assertNull($bound->isKept, $bound->what);
        }
        self::assertStringContainsString('|  | not measured |', $this->markdown());
    }

    public function test_what_nobody_listens_to_is_compared_with_fread(): void
    {
        $this->add(Row::Nothing, $this->raw, 3_000_000);
        $this->add(Row::Nothing, $this->ours, 1_800_000);
        self::assertSame(['kept', '60 %'], $this->bound(2));
        $this->add(Row::Nothing, $this->ours, 1_000_000, 1_000_000);
        self::assertSame(['missed', '33 %'], $this->bound(2));
        self::assertStringContainsString('| 33 % | **missed** |', $this->markdown());
    }

    public function test_a_ping_is_compared_by_its_median(): void
    {
        $this->ping($this->ours, 11_000, 11_000, 900_000);
        $this->ping($this->raw, 10_000, 10_000, 10_000);
        $this->ping($this->fast, 30_000, 30_000, 30_000);
        self::assertSame(['kept', '1.10 times'], $this->bound(3));
        self::assertSame(['kept', '0.37 times clue/ami-react'], $this->bound(4));
        $this->ping($this->slow, 10_500, 10_500, 10_500);
        self::assertSame(['missed', '1.05 times marcelog/<pami>|'], $this->bound(4));
        self::assertStringContainsString('| 11.0 µs (900) | 10.0 µs (10) | 30.0 µs (30) | 10.5 µs (10) |', $this->markdown());
    }

    public function test_the_plot_is_valid_and_its_bars_are_as_long_as_the_values_are_great(): void
    {
        $this->add(Row::Three, $this->ours, 1_000_000, 1_500_000, 1_250_000);
        $this->add(Row::Three, $this->slow, 250_000);
        $this->add(Row::All, $this->ours, 625_000);
        $document = new \DOMDocument();
        self::assertTrue($document->loadXML(BarChart::ofRates($this->results, 'A & B', 'on a <machine>')->svg()));
        $bars = [];
        foreach ($document->getElementsByTagName('rect') as $bar) {
            $bars[] = [$bar->getAttribute('class'), (float) $bar->getAttribute('width') / 1000];
        }
        $unit = $bars[0][1] / 1250;
        self::assertEqualsWithDelta([1250, 250, 625], array_map(static fn(array $bar): float => $bar[1] / $unit, $bars), 0.5);
        self::assertSame(['ours', 'peer', 'ours'], array_column($bars, 0));
        $texts = array_map(static fn(\DOMElement $text): string => $text->textContent, iterator_to_array($document->getElementsByTagName('text'), false));
        self::assertSame(
            ['A & B', 'three headers read', 'apn/ami-client', '1,250', 'marcelog/<pami>|', '250', 'all headers as an array', 'apn/ami-client', '625', 'on a <machine>'],
            $texts,
        );
        $spread = $document->getElementsByTagName('line')->item(0);
        self::assertEqualsWithDelta(500 * $unit * 1000, (float) $spread?->getAttribute('x2') - (float) $spread?->getAttribute('x1'), 0.5);
    }

    private function add(Row $row, Client $client, int ...$rates): void
    {
        foreach ($rates as $rate) {
            $this->results->add($row, $client, new Sample(self::EVENTS, self::EVENTS, true, self::EVENTS / $rate, 0.5, 40 << 20, $row->withJit()));
        }
    }

    private function ping(Client $client, int ...$times): void
    {
        $this->results->add(Row::Ping, $client, new Sample(peak: 1, hasJit: true, times: array_values($times)));
    }

    /** @return array{string, string} */
    private function bound(int $place): array
    {
        $bound = Bound::judge($this->results)[$place];

        return [$bound->verdict(), $bound->figure];
    }

    private function markdown(): string
    {
        return new Report($this->results, [])->markdown();
    }
}
