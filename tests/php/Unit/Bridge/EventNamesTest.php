<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Bridge;

use Apn\AmiClient\Bridge\EventNames;
use Apn\AmiClient\InvalidConfigurationException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class EventNamesTest extends TestCase
{
    /**
     * @param list<string> $names
     * @param list<string> $matching
     * @param list<string> $others
     */
    #[DataProvider('choices')]
    public function test_names_and_patterns_match_in_any_case(array $names, bool $exact, array $matching, array $others): void
    {
        $choice = new EventNames($names);

        self::assertSame($exact, $choice->areExact());
        foreach ([1, 2] as $time) {
            self::assertSame($matching, array_values(array_filter([...$matching, ...$others], $choice->match(...))), "time $time");
        }
    }

    /** @return iterable<string, array{list<string>, bool, list<string>, list<string>}> */
    public static function choices(): iterable
    {
        yield 'plain names' => [['Hangup', 'dialend'], true, ['hangup', 'HANGUP', 'DialEnd'], ['HangupRequest', 'XHangup', '']];
        yield 'a beginning' => [['Queue*'], false, ['QueueMember', 'queue'], ['AQueue']];
        yield 'a name beside a pattern' => [['Hangup', '*end'], false, ['Hangup', 'DialEnd'], ['HangupX', 'EndX']];
        yield 'all' => [['*'], false, ['A', "\xff", 'a b'], []];
        yield 'signs of regular expressions' => [['A.B', 'C+*'], false, ['A.B', 'C+', 'C+x'], ['AxB', 'CC']];
        yield 'numbers' => [['12'], true, ['12'], ['1', '012']];
    }

    #[DataProvider('noNames')]
    public function test_what_is_no_name_is_refused(string $name): void
    {
        $this->expectException(InvalidConfigurationException::class);
        new EventNames(['Hangup', $name]);
    }

    /** @return iterable<array{string}> */
    public static function noNames(): iterable
    {
        yield [''];
        yield ['Hang up'];
        yield ["Hangup\n"];
        yield ['Event: Hangup'];
        yield [str_repeat('x', 129)];
    }

    public function test_none_is_refused(): void
    {
        $this->expectException(InvalidConfigurationException::class);
        new EventNames([]);
    }
}
