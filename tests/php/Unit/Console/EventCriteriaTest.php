<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Console;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Console\EventCriteria;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class EventCriteriaTest extends TestCase
{
    private const string HANGUP = "Event: Hangup\r\nChannel: PJSIP/alice-00000001\r\nCause: 16\r\nCause-txt: Normal Clearing\r\nChanVariable: a=1\r\nChanVariable: b=2\r\n";

    /** @return iterable<string, array{list<string>, list<string>, string|null, bool}> names, headers, grep, whether the hangup is accepted */
    public static function criteria(): iterable
    {
        yield 'nothing accepts everything' => [[], [], null, true];
        yield 'a name in another case' => [['hangup'], [], null, true];
        yield 'another name' => [['Newchannel'], [], null, false];
        yield 'one of several with commas' => [['Newchannel, Hangup'], [], null, true];
        yield 'the beginning of a name' => [['Hang*'], [], null, true];
        yield 'a part is not the whole name' => [['Hang'], [], null, false];
        yield 'a dot is a dot' => [['H.ngup'], [], null, false];
        yield 'a header' => [[], ['cause=16'], null, true];
        yield 'the beginning of a header' => [[], ['Channel=PJSIP/alice*'], null, true];
        yield 'another value' => [[], ['Channel=PJSIP/bob*'], null, false];
        yield 'one of two values' => [[], ['Channel=PJSIP/bob*', 'Channel=*alice*'], null, true];
        yield 'two headers, of which one does not fit' => [[], ['Channel=*alice*', 'Cause=17'], null, false];
        yield 'a header that repeats' => [[], ['ChanVariable=b=2'], null, true];
        yield 'a header that is not there' => [[], ['Nosuch=*'], null, false];
        yield 'text' => [[], [], 'normal clear', true];
        yield 'another text' => [[], [], 'busy', false];
    }

    /**
     * @param list<string> $names
     * @param list<string> $headers
     */
    #[DataProvider('criteria')]
    public function test_an_event_is_accepted_where_all_criteria_fit(array $names, array $headers, ?string $grep, bool $isAccepted): void
    {
        self::assertSame($isAccepted, new EventCriteria($names, $headers, $grep)->accepts(AmiEvent::fromRaw('pbx', self::HANGUP)));
    }

    public function test_only_exact_names_can_be_listened_to_one_by_one(): void
    {
        self::assertSame(['Hangup', 'Newchannel'], new EventCriteria(['Hangup,Newchannel', 'Hangup'])->exactNames());
        self::assertNull(new EventCriteria(['Hangup', 'Queue*'])->exactNames());
        self::assertNull(new EventCriteria()->exactNames());
    }

    public function test_a_condition_without_a_value_is_refused(): void
    {
        $this->expectExceptionMessage('--header=Channel:');
        new EventCriteria(headers: ['Channel']);
    }
}
