<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Console;

use Apn\AmiClient\Console\Screen;
use Apn\AmiClient\Console\StatusReport;
use Apn\AmiClient\Worker\WorkerStatus;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class StatusReportTest extends TestCase
{
    private const float NOW = 1_800_000_000.0;

    /** @return iterable<string, array{list<WorkerStatus>, list<string>, int}> */
    public static function situations(): iterable
    {
        yield 'all are ready' => [[self::worker(['a' => 'ready', 'b' => 'ready'])], ['a', 'b'], StatusReport::OK];
        yield 'one is being tried again' => [[self::worker(['a' => 'ready', 'b' => 'reconnecting'])], ['a', 'b'], StatusReport::WARNING];
        yield 'one misses heartbeats' => [[self::worker(['a' => 'degraded'])], ['a'], StatusReport::WARNING];
        yield 'one is not listened to' => [[self::worker(['a' => 'ready'])], ['a', 'b'], StatusReport::WARNING];
        yield 'two listeners share the servers' => [[self::worker(['a' => 'ready']), self::worker(['b' => 'ready'])], ['a', 'b'], StatusReport::OK];
        yield 'none can be used' => [[self::worker(['a' => 'fatal', 'b' => 'reconnecting'])], ['a', 'b'], StatusReport::CRITICAL];
        yield 'nobody listens' => [[], ['a'], StatusReport::CRITICAL];
        yield 'one only stands by' => [[self::worker([], 'standby')], ['a'], StatusReport::CRITICAL];
        yield 'one at work and one standing by' => [[self::worker(['a' => 'ready']), self::worker([], 'standby')], ['a'], StatusReport::OK];
        yield 'the only one is silent' => [[self::worker(['a' => 'ready'], toldAt: self::NOW - 60)], ['a'], StatusReport::CRITICAL];
        yield 'one is silent and one stands by' => [[self::worker(['a' => 'ready'], toldAt: self::NOW - 60), self::worker([], 'standby')], ['a'], StatusReport::CRITICAL];
        yield 'one is silent and another took over' => [[self::worker(['a' => 'ready'], toldAt: self::NOW - 60), self::worker(['a' => 'ready'])], ['a'], StatusReport::WARNING];
        yield 'the one that stands by is silent' => [[self::worker(['a' => 'ready']), self::worker([], 'standby', toldAt: self::NOW - 60)], ['a'], StatusReport::WARNING];
        yield 'a bridge fails' => [[self::worker(['a' => 'ready'], services: ['streams' => ['failing' => true]])], ['a'], StatusReport::WARNING];
        yield 'a bridge does not fail' => [[self::worker(['a' => 'ready'], services: ['streams' => ['failing' => false]])], ['a'], StatusReport::OK];
    }

    /**
     * @param list<WorkerStatus> $workers
     * @param list<string> $expected
     */
    #[DataProvider('situations')]
    public function test_the_exit_code_says_how_bad_it_is(array $workers, array $expected, int $code): void
    {
        self::assertSame($code, new StatusReport($workers, $expected, self::NOW, 25.0)->exitCode());
    }

    public function test_people_see_state_latency_queue_drops_error_retry_and_counters(): void
    {
        $file = tmpfile();
        self::assertIsResource($file);
        $report = new StatusReport(
            [self::worker(['pbx1' => 'reconnecting'], services: ['streams' => ['delivered' => 1234, 'dropped' => 5, 'dropped_by_name' => ['VarSet' => 5], 'failing' => true]]), self::worker([], 'standby')],
            ['pbx1', 'pbx2'],
            self::NOW,
            25.0,
        );
        $shown = implode("\n", $report->lines(new Screen($file)));
        foreach (['0 of 2 servers are ready', '1 at work, 1 standing by', 'failing: streams', '192.0.2.1:5038', '12.5 ms', '7,000', 'Connection refused', 'in 30 s', 'not listened to', 'delivered 1,234', 'VarSet 5'] as $text) {
            self::assertStringContainsString($text, $shown);
        }
    }

    public function test_what_a_silent_listener_told_last_is_not_taken_for_what_is(): void
    {
        $silent = self::worker(['a' => 'ready'], toldAt: self::NOW - 60, services: ['streams' => ['failing' => true]]);
        $alone = new StatusReport([$silent], ['a'], self::NOW, 25.0);
        self::assertSame('no listener is at work; nothing was heard of web1:42 for too long', $alone->summary());
        self::assertEquals([['key' => 'a', 'listener' => null, 'state' => 'not listened to']], $alone->toArray()['servers']);

        $relieved = new StatusReport([$silent, self::worker(['a' => 'ready'])], ['a'], self::NOW, 25.0);
        self::assertSame('1 of 1 servers are ready; listeners: 1 at work, 0 standing by; nothing was heard of web1:42 for too long', $relieved->summary());
    }

    /**
     * @param array<string, string> $states
     * @param array<string, array<string, mixed>> $services
     */
    private static function worker(array $states, string $state = 'active', float $toldAt = self::NOW - 2, array $services = []): WorkerStatus
    {
        $servers = array_map(static fn(string $of): array => ['host' => '192.0.2.1', 'port' => 5038, 'state' => $of, 'since' => self::NOW - 600, 'circuit' => 'closed',
            'latency_ms' => 12.5, 'event_lag_ms' => 0.0, 'queued_events' => 7000, 'pending_actions' => 0, 'dropped_events' => 3, 'next_retry_at' => $of === 'reconnecting' ? (int) (self::NOW * 1000) + 30_000 : null,
            'last_error' => $of === 'reconnecting' ? 'Connection refused' : null], $states);

        return new WorkerStatus('i' . random_int(0, PHP_INT_MAX), 'web1', 42, '1.0', $state, self::NOW - 600, self::NOW - 600, $toldAt, 100, 1 << 25, [], $servers, 0, $services);
    }
}
