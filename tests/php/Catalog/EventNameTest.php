<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Catalog;

use Apn\AmiClient\EventName;
use Apn\AmiClient\Tests\Unit\Actions\Documented;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class EventNameTest extends TestCase
{
    public function test_every_documented_event_has_a_constant(): void
    {
        $names = array_map(strtolower(...), self::names());
        foreach ([...Documented::events('22'), ...Documented::events('16')] as $event) {
            self::assertContains(strtolower($event), $names);
        }
    }

    public function test_every_event_of_a_list_has_a_constant(): void
    {
        foreach (Documented::lists() as $list) {
            foreach (array_filter([...$list['item_events'], $list['complete_event']], is_string(...)) as $event) {
                self::assertContains($event, self::names());
            }
        }
    }

    public function test_no_two_constants_are_one_event(): void
    {
        self::assertSameSize(self::names(), array_unique(array_map(strtolower(...), self::names())));
    }

    /** @return iterable<string, array{string, string}> */
    public static function examples(): iterable
    {
        yield 'one word' => ['HANGUP', 'Hangup'];
        yield 'words' => ['QUEUE_MEMBER_STATUS', 'QueueMemberStatus'];
        yield 'an acronym at the beginning' => ['DTMF_BEGIN', 'DTMFBegin'];
        yield 'an acronym in the middle' => ['ASYNC_AGI_START', 'AsyncAGIStart'];
        yield 'an acronym before small letters' => ['SIP_PEERSTATUS_COMPLETE', 'SIPpeerstatusComplete'];
        yield 'a dash' => ['AOC_D', 'AOC-D'];
        yield 'another name than documented' => ['NEWEXTEN', 'Newexten'];
        yield 'not documented' => ['TEST_EVENT', 'TestEvent'];
        yield 'only in 16' => ['MONITOR_START', 'MonitorStart'];
        yield 'the end of a list' => ['QUEUE_STATUS_COMPLETE', 'QueueStatusComplete'];
    }

    #[DataProvider('examples')]
    public function test_a_constant_reads_like_the_event(string $constant, string $event): void
    {
        self::assertSame($event, constant(EventName::class . "::$constant"));
    }

    /** @return list<string> */
    private static function names(): array
    {
        /** @var array<string, string> $constants */
        $constants = (new \ReflectionClass(EventName::class))->getConstants();

        return array_values($constants);
    }
}
