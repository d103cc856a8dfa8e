<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Diagnosis;

use Apn\AmiClient\Diagnosis\HeardNames;
use Apn\AmiClient\Diagnosis\Quieting;
use Apn\AmiClient\Diagnosis\Rate;
use Apn\AmiClient\Diagnosis\Rates;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class QuietingTest extends TestCase
{
    public function test_rates_are_of_the_time_since_the_last_sample_and_averages_of_all_of_it(): void
    {
        $rates = new Rates(100.0);
        for ($event = 0; $event < 10; $event++) {
            $rates->count('a', 'VarSet', 50);
        }
        $rates->count('b', 'Hangup', 80);
        [$first, $second] = $rates->sample(102.0);
        self::assertSame(['a', 'VarSet', 5.0, 250.0, 10], [$first->server, $first->name, $first->events, $first->bytes, $first->total]);
        self::assertSame(['b', 'Hangup', 0.5], [$second->server, $second->name, $second->events]);

        $rates->count('b', 'Hangup', 80);
        self::assertSame(['Hangup' => 1.0, 'VarSet' => 0.0], array_column($rates->sample(103.0), 'events', 'name'));
        self::assertSame(['VarSet' => 2.5, 'Hangup' => 0.5], array_column($rates->average(104.0), 'events', 'name'));
        self::assertSame([], $rates->sample(103.0), 'no time went by');
    }

    public function test_names_that_somebody_makes_up_are_counted_together(): void
    {
        $rates = new Rates(0.0);
        for ($event = 0; $event < 5_000; $event++) {
            $rates->count('a', "Made$event", 1);
        }
        $averages = $rates->average(1.0);
        self::assertCount(1001, $averages);
        self::assertSame([Rates::OTHERS, 4000.0], [$averages[0]->name, $averages[0]->events]);
    }

    public function test_what_is_frequent_and_not_listened_to_is_held_back_and_nothing_else(): void
    {
        $rates = [self::rate('VarSet', 60.0), self::rate('Newexten', 30.0), self::rate('Hangup', 9.0), self::rate('Newstate', 0.5), self::rate('Shutdown', 5.0)];
        [$mask, $filters, $disabled] = new Quieting(new HeardNames(['hangup']))->suggest($rates, 'dialer', '22.10.1~debian');
        self::assertSame(["'events' => ['call', 'system'],"], $mask->lines);
        self::assertSame(90.0, $mask->events);
        self::assertSame(['eventfilter(action(exclude),name(VarSet)) =', 'eventfilter(action(exclude),name(Newexten)) ='], $filters->lines);
        self::assertSame('manager.conf, section [dialer]', $filters->where);
        self::assertSame(['disabledevents = VarSet,Newexten'], $disabled->lines);
        self::assertSame(90.0, $disabled->events);
        self::assertEqualsWithDelta(90 / 104.5, $disabled->eventsShare, 1e-9);
    }

    public function test_what_is_listened_to_by_a_pattern_is_left_alone_and_its_class_is_not_guessed(): void
    {
        $suggestions = new Quieting(new HeardNames(['Queue*']))->suggest([self::rate('QueueMemberStatus', 50.0), self::rate('VarSet', 50.0)], 'dialer', null);
        self::assertSame(['eventfilter = !^Event: (VarSet)[[:cntrl:]]', 'disabledevents = VarSet'], array_merge(...array_column($suggestions, 'lines')));
    }

    public function test_where_all_is_listened_to_nothing_is_suggested(): void
    {
        self::assertSame([], new Quieting(new HeardNames(['*']))->suggest([self::rate('VarSet', 50.0)], 'dialer', '22.10.1'));
        self::assertSame([], new Quieting(new HeardNames([]))->suggest([], 'dialer', '22.10.1'));
    }

    public function test_a_name_that_would_break_a_configuration_file_is_never_written_into_one(): void
    {
        $suggestions = new Quieting(new HeardNames([]))->suggest([self::rate("Evil)) =\n[root]\nsecret", 50.0), self::rate('a,b', 50.0), self::rate(Rates::OTHERS, 50.0)], 'dialer', '22.10.1');
        self::assertSame([], $suggestions);
    }

    /** @return iterable<string, array{string|null, bool}> */
    public static function versions(): iterable
    {
        foreach (['16.28.0' => false, '18.25.0' => false, '18.26.0' => true, '19.8.1' => false, '20.10.0' => false, '20.11.0' => true, '21.6.1' => true, '22.0.0' => false, '22.1.0' => true, '22.10.1+dfsg' => true, '23.0.0' => true, 'GIT-master-abc' => false] as $version => $has) {
            yield $version => [$version, $has];
        }
        yield 'not known' => [null, false];
    }

    #[DataProvider('versions')]
    public function test_filters_by_name_are_written_for_those_who_read_them(?string $version, bool $has): void
    {
        self::assertSame($has, Quieting::hasFiltersByName($version));
    }

    private static function rate(string $name, float $events): Rate
    {
        return new Rate('a', $name, $events, $events * 500, (int) $events);
    }
}
