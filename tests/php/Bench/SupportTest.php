<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Bench;

use Apn\AmiClient\Bench\Support\Arguments;
use Apn\AmiClient\Bench\Support\Latency;
use Apn\AmiClient\Bench\Support\LinePlot;
use Apn\AmiClient\Bench\Support\MemoryGrowth;
use Apn\AmiClient\Bench\Support\Sequence;
use Apn\AmiClient\Bench\Support\Sheet;
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/../../../bench/Support/autoload.php';

/** The judges of the programs that measure: that they find what they look for. */
final class SupportTest extends TestCase
{
    public function test_a_bound_that_is_missed_is_an_exit_status(): void
    {
        $this->expectOutputRegex('/too slow .* MISSED\n.*too slow .* not judged\n.*wrong .* MISSED/s');
        $sheet = new Sheet();
        $sheet->exact('right', '1', true, '1');
        self::assertSame(0, $sheet->status());
        $sheet->bound('too slow', '2', false, '1');
        self::assertSame(1, $sheet->status());

        $counts = new Sheet(judgesAll: false);
        $counts->bound('too slow', '2', false, '1');
        self::assertSame(0, $counts->status());
        $counts->exact('wrong', '2', false, '1');
        self::assertSame(1, $counts->status());
    }

    public function test_memory_that_grows_from_the_second_quarter_to_the_last_is_told(): void
    {
        $flat = array_fill(0, 100, 50_000_000);
        $warming = [...array_fill(0, 25, 1_000_000), ...array_fill(0, 75, 50_000_000)];
        self::assertSame([], new MemoryGrowth($warming, $flat)->failures());

        $growing = array_map(static fn(int $sample): int => 50_000_000 + $sample * 100_000, range(0, 99));
        self::assertSame(['RSS grew by 4,883 KiB, more than 2,048'], new MemoryGrowth($growing, $flat)->failures());
        self::assertSame(['memory_get_usage() grew by 4,883 KiB, more than 128'], new MemoryGrowth($flat, $growing)->failures());
    }

    public function test_a_single_peak_is_no_growth(): void
    {
        $flat = array_fill(0, 100, 50_000_000);
        self::assertSame([], new MemoryGrowth([90 => 90_000_000] + $flat, $flat)->failures());
    }

    public function test_a_sequence_counts_what_is_missing_between_what_came(): void
    {
        $sequence = new Sequence(['A', 'B', 'Unheard'], 2);
        foreach ([0 => 'A', 4 => 'B', 6 => 'A'] as $number => $name) {
            $sequence->took($name, $number);
        }
        $sequence->ended(8);
        // 1, 3 and 7; 2 and 5 are for nobody.
        self::assertSame([3, 0, 8], [$sequence->holes, $sequence->wrong, $sequence->announced]);
        self::assertSame(['A' => 2, 'B' => 1], $sequence->delivered);
        self::assertSame(['A' => 3, 'B' => 3, 'Unheard' => 2], $sequence->byName(8));
    }

    public function test_a_sequence_knows_what_came_twice_too_late_or_under_another_name(): void
    {
        $sequence = new Sequence(['A', 'B', 'Unheard'], 2);
        $sequence->took('A', 3);
        $sequence->took('A', 3);
        $sequence->took('B', 1);
        $sequence->took('A', 4);
        $sequence->took('Unheard', 5);
        self::assertSame(4, $sequence->wrong);
        self::assertSame(1, $sequence->count());
    }

    public function test_percentiles_are_those_of_the_values(): void
    {
        $latency = new Latency();
        for ($value = 1; $value <= 100; $value++) {
            $latency->add((float) $value);
        }
        $latency->add(5_000.0);
        self::assertEqualsWithDelta(51.0, $latency->percentile(50), 0.1);
        self::assertEqualsWithDelta(100.0, $latency->percentile(99), 0.1);
        self::assertSame([5_000.0, 101], [$latency->longest(), $latency->count()]);
        self::assertSame(5_000.0, $latency->percentile(100));
    }

    public function test_a_plot_is_xml_keeps_its_peaks_and_grows_no_larger_than_its_points(): void
    {
        $points = array_map(static fn(int $second): array => [(float) $second, $second === 777 ? 900.0 : 100.0], range(0, 3600));
        $svg = new LinePlot('a < b & c')->panel('first', $points)->panel('second', [[0.0, 1.0], [3600.0, 2.0]])->svg();
        $xml = simplexml_load_string($svg);
        self::assertNotFalse($xml);
        self::assertStringContainsString('a &lt; b &amp; c', $svg);
        self::assertLessThan(12_000, \strlen($svg));
        // The axis goes to 1,000, 148 units high, and stands at 216: 900 is 133 above it.
        self::assertStringContainsString(' 82.8L', $svg);
    }

    public function test_arguments_are_by_name_or_by_place_and_numbers_are_checked(): void
    {
        $arguments = new Arguments(['program', '60', '--cost=2.5', '--io=background', '--plot=a=b'], ['cost', 'times', 'io', 'plot']);
        self::assertSame([60.0, 2.5, 7.0, 'a=b'], [$arguments->number(0, 1), $arguments->number('cost', 1), $arguments->number('times', 7), $arguments->text('plot')]);
        self::assertSame(['io' => 'background'], $arguments->options());
        $this->expectExceptionMessage('io is to be a number over 0: background');
        $arguments->number('io', 1);
    }

    public function test_an_option_that_a_program_does_not_have_is_refused_with_those_it_has(): void
    {
        $this->expectExceptionMessage('no such option: --second; there are --seconds, --cost');
        new Arguments(['program', '--second=2'], ['seconds', 'cost']);
    }
}
