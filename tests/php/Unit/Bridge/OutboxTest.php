<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Bridge;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Bridge\Outbox;
use Apn\AmiClient\Bridge\OutboxOptions;
use Apn\AmiClient\Bridge\RejectedPayloadException;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Tests\Support\MemoryLogger;
use Apn\AmiClient\Tests\Support\VirtualClock;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Psr\Log\AbstractLogger;

final class OutboxTest extends TestCase
{
    private ScriptedTarget $target;

    private VirtualClock $clock;

    private MemoryLogger $logger;

    protected function setUp(): void
    {
        $this->target = new ScriptedTarget();
        $this->clock = new VirtualClock();
        $this->logger = new MemoryLogger();
    }

    public function test_it_hands_on_in_order_and_in_batches(): void
    {
        $outbox = $this->outbox(new OutboxOptions(batch: 2));
        self::offer($outbox, 'A', 'B', 'C');

        self::assertTrue($outbox->isBusy());
        self::assertNull($outbox->poll());
        self::assertSame(['A', 'B', 'C'], $this->target->names());
        self::assertSame([2, 1], array_map(count(...), $this->target->calls));
        self::assertFalse($outbox->isBusy());
        self::assertSame([3, 3, 0], [$outbox->stats()['taken'], $outbox->stats()['delivered'], $outbox->stats()['waiting_bytes']]);
        self::assertSame([], $this->logger->records);
    }

    public function test_a_target_that_is_down_is_tried_again_with_waits_that_double(): void
    {
        $outbox = $this->outbox(new OutboxOptions(retryMs: 100, retryMaxMs: 350));
        $this->target->isDown();
        self::offer($outbox, 'A');

        self::assertSame([100, 200, 350, 350], array_map(function () use ($outbox): ?int {
            $wait = $outbox->poll();
            self::assertSame($wait, $outbox->poll(), 'no further try before the time');
            $this->clock->advance(($wait ?? 0) / 1e3);

            return $wait;
        }, range(1, 4)));
        self::assertCount(4, $this->target->calls);
        self::assertTrue($outbox->stats()['failing']);

        $this->target->behaviour = null;
        self::assertNull($outbox->poll());
        self::assertSame(['A'], $this->target->names());
        self::assertSame(4, $outbox->stats()['retried']);
        self::assertFalse($outbox->stats()['failing']);
        $this->target->isDown();
        self::offer($outbox, 'B');
        self::assertSame(100, $outbox->poll(), 'the waits begin anew');
    }

    public function test_the_same_batch_is_given_again_and_nothing_else_until_it_is_taken(): void
    {
        $outbox = $this->outbox(new OutboxOptions(buffer: 3, batch: 2, retryMs: 100));
        $this->target->isDown();
        self::offer($outbox, 'A');
        $outbox->poll();
        self::offer($outbox, 'B', 'C', 'D', 'E');
        $this->clock->advance(0.1);
        $outbox->poll();

        self::assertSame($this->target->calls[0], $this->target->calls[1]);
        $this->target->behaviour = null;
        $this->clock->advance(1.0);
        $outbox->poll();
        self::assertSame(['A', 'D', 'E'], $this->target->names(), 'A may have arrived: it is not dropped');
    }

    public function test_a_full_buffer_gives_up_the_oldest_and_counts_them_by_name(): void
    {
        $outbox = $this->outbox(new OutboxOptions(buffer: 2));
        self::offer($outbox, 'A', 'A', 'B', 'C', 'D');

        self::assertSame(['A' => 2, 'B' => 1], $outbox->stats()['dropped_by_name']);
        self::assertSame([5, 3, 2], [$outbox->stats()['taken'], $outbox->stats()['dropped'], $outbox->stats()['waiting']]);
        $outbox->poll();
        self::assertSame(['C', 'D'], $this->target->names());
    }

    public function test_the_buffer_has_a_limit_in_bytes_too(): void
    {
        $outbox = $this->outbox(new OutboxOptions(bufferBytes: 2_000));
        foreach (['A', 'B', 'C'] as $name) {
            $outbox->offer(EventPayload::of(AmiEvent::fromRaw('a', "Event: $name\r\nData: " . str_repeat('x', 900))));
        }
        self::assertSame(['A' => 1], $outbox->stats()['dropped_by_name']);
        $outbox->offer(EventPayload::of(AmiEvent::fromRaw('a', "Event: Huge\r\nData: " . str_repeat('x', 3_000))));

        self::assertSame(['A' => 1, 'B' => 1, 'C' => 1, 'Huge' => 1], $outbox->stats()['dropped_by_name']);
        self::assertSame([0, 0], [$outbox->stats()['waiting'], $outbox->stats()['waiting_bytes']]);
    }

    public function test_names_that_are_counted_are_limited(): void
    {
        $outbox = $this->outbox(new OutboxOptions(buffer: 1));
        for ($number = 0; $number <= 300; $number++) {
            self::offer($outbox, "Event$number");
        }

        $names = $outbox->stats()['dropped_by_name'];
        self::assertSame([257, 300, 44], [\count($names), array_sum($names), $names['(further names)']]);
    }

    public function test_drops_are_told_before_what_follows_by_server_and_once(): void
    {
        $outbox = $this->outbox(new OutboxOptions(buffer: 2, batch: 1, retryMs: 100), tellDrops: true);
        self::offer($outbox, 'A', 'A', 'B', 'C');
        $outbox->offer(EventPayload::of(AmiEvent::fromRaw('2', 'Event: D')));
        $this->target->isDown();
        $outbox->poll();
        self::assertSame(['events_not_delivered' => 2, 'drops_not_told' => 3], $outbox->finish());
        self::offer($outbox, 'E', 'F');
        $this->clock->advance(1.0);
        $this->target->behaviour = null;
        $outbox->poll();

        self::assertSame(['EventsDropped', 'C', 'EventsDropped', 'EventsDropped', 'F'], $this->target->names());
        [$first, , $ofOther, $second] = $this->target->taken;
        self::assertSame([['A' => 2, 'B' => 1], ['D' => 1], ['E' => 1]], [$first->droppedEvents(), $ofOther->droppedEvents(), $second->droppedEvents()]);
        self::assertSame(['a', '2', 'the bridge'], [$first->serverKey, $ofOther->serverKey, $first->get('By')]);
        self::assertSame($this->target->calls[0], $this->target->calls[1], 'the same notice, with the same id');
        self::assertSame([], $outbox->finish());
        $stats = $outbox->stats();
        self::assertSame($stats['taken'], $stats['delivered'] + $stats['dropped']);
    }

    public function test_the_rest_of_a_batch_taken_in_part_comes_first_in_the_next(): void
    {
        $outbox = $this->outbox(new OutboxOptions(batch: 3));
        $this->target->behaviour = static fn(array $payloads): int => min(2, \count($payloads));
        self::offer($outbox, 'A', 'B', 'C', 'D');
        $outbox->poll();

        self::assertSame(['A', 'B', 'C', 'D'], $this->target->names());
        self::assertSame(4, $outbox->stats()['delivered']);
    }

    public function test_what_the_target_refuses_is_not_tried_again_and_holds_up_nothing(): void
    {
        $outbox = $this->outbox(new OutboxOptions(batch: 2));
        $this->target->behaviour = static function (array $payloads): int {
            foreach ($payloads as $at => $payload) {
                self::assertInstanceOf(EventPayload::class, $payload);
                if ($payload->name === 'Bad') {
                    return $at > 0 ? $at : throw new RejectedPayloadException($payload, new \LogicException('listener'));
                }
            }

            return \count($payloads);
        };
        self::offer($outbox, 'A', 'Bad', 'Bad', 'B');

        self::assertNull($outbox->poll());
        self::assertSame(['A', 'B'], $this->target->names());
        self::assertSame([2, 2, 0, false], [$outbox->stats()['delivered'], $outbox->stats()['failed'], $outbox->stats()['retried'], $outbox->stats()['failing']]);
        self::assertSame(['a bridge gives an event up: its target refuses it'], $this->logger->messages(), 'one record a second');
        self::assertSame('LogicException: listener', $this->logger->records[0]['context']['error']);
    }

    public function test_an_event_is_given_up_after_its_tries_and_told(): void
    {
        $outbox = $this->outbox(new OutboxOptions(batch: 1, retryMs: 100, tries: 3), tellDrops: true);
        self::offer($outbox, 'A', 'B');
        $this->target->behaviour = static fn(array $payloads): int => $payloads[0] instanceof EventPayload && $payloads[0]->name === 'A' ? throw new \RuntimeException('too large') : \count($payloads);
        for ($round = 0; $round < 4; $round++) {
            $outbox->poll();
            $this->clock->advance(1.0);
        }

        self::assertCount(4, $this->target->calls);
        self::assertSame(['EventsDropped', 'B'], $this->target->names());
        self::assertSame([1, 1], [$outbox->stats()['failed'], $outbox->stats()['delivered']]);
    }

    public function test_a_notice_that_is_never_taken_holds_up_nothing(): void
    {
        $outbox = $this->outbox(new OutboxOptions(buffer: 1, batch: 1, retryMs: 100, tries: 2), tellDrops: true);
        self::offer($outbox, 'A', 'B');
        $this->target->behaviour = static fn(array $payloads): int => $payloads[0] instanceof EventPayload && $payloads[0]->isEvent() ? 1 : throw new \RuntimeException('too large');
        for ($round = 0; $round < 3; $round++) {
            $outbox->poll();
            $this->clock->advance(1.0);
        }

        self::assertSame(['B'], $this->target->names());
        self::assertSame([1, 0], [$outbox->stats()['delivered'], $outbox->stats()['failed']]);
    }

    public function test_a_backlog_leaves_time_for_ticks(): void
    {
        $outbox = $this->outbox(new OutboxOptions(batch: 1, budgetMs: 20));
        $this->target->behaviour = function (): int {
            $this->clock->advance(0.008);

            return 1;
        };
        self::offer($outbox, ...array_fill(0, 10, 'A'));

        self::assertSame(0, $outbox->poll());
        self::assertSame([3, 7], [$outbox->stats()['delivered'], $outbox->stats()['waiting']]);
    }

    public function test_a_target_that_ticks_cannot_have_it_hand_on_within(): void
    {
        $outbox = $this->outbox(new OutboxOptions(buffer: 2, batch: 2));
        self::offer($outbox, 'A', 'B');
        $this->target->behaviour = function (array $payloads) use ($outbox): int {
            if (\count($this->target->calls) === 1) {
                self::offer($outbox, 'C', 'D', 'E');
                self::assertNull($outbox->poll());
            }

            return \count($payloads);
        };
        $outbox->poll();

        self::assertSame(['A', 'B'], $this->target->names(), 'what is being handed on is not dropped');
        self::assertSame(3, $outbox->stats()['dropped']);
    }

    /** Whatever happens in whatever order: what was offered is taken, told as lost, refused or waiting, each in one of these. */
    #[DataProvider('seeds')]
    public function test_everything_offered_is_accounted_for(int $seed): void
    {
        $random = new \Random\Randomizer(new \Random\Engine\Mt19937($seed));
        $outbox = $this->outbox(new OutboxOptions(buffer: 20, bufferBytes: 1_500, batch: $random->getInt(1, 8), retryMs: 10, retryMaxMs: 50, tries: $tries = $random->getInt(0, 3)), tellDrops: true);
        $this->target->behaviour = static function (array $payloads) use ($random): int {
            self::assertInstanceOf(EventPayload::class, $payloads[0]);

            return match ($random->getInt(0, 5)) {
                0, 1 => throw new \RuntimeException('down'),
                2 => $payloads[0]->isEvent() ? throw new RejectedPayloadException($payloads[0], new \LogicException('refused')) : 1,
                default => $random->getInt(1, \count($payloads)),
            };
        };
        $offered = 0;
        for ($step = 0; $step < 400; $step++) {
            for ($more = $random->getInt(0, 5); $more > 0; $more--) {
                self::offer($outbox, 'Event' . $offered++);
            }
            $outbox->poll();
            $this->clock->advance($random->getInt(0, 60) / 1e3);
            $stats = $outbox->stats();
            self::assertSame($stats['taken'], $stats['delivered'] + $stats['dropped'] + $stats['failed'] + $stats['waiting']);
            self::assertLessThanOrEqual(20, $stats['waiting']);
        }
        $this->target->behaviour = null;
        $this->clock->advance(1.0);
        $outbox->poll();

        $events = array_filter($this->target->taken, static fn(EventPayload $payload): bool => $payload->isEvent());
        $names = array_map(static fn(EventPayload $payload): string => $payload->name, $events);
        $told = array_merge([], ...array_map(static fn(EventPayload $payload): array => array_keys($payload->droppedEvents()), $this->target->taken));
        $stats = $outbox->stats();
        self::assertSame([$offered, 0, 0], [$stats['taken'], $stats['waiting'], $stats['waiting_bytes']]);
        self::assertSame(array_values(array_unique($names)), array_values($names), 'none twice');
        self::assertSame([], array_intersect($names, $told), 'none told as lost that is there');
        if ($tries === 0) {
            self::assertCount($stats['dropped'], $told);
        }
        self::assertSame($offered, \count($names) + $stats['dropped'] + $stats['failed']);
    }

    /** @return iterable<array{int}> */
    public static function seeds(): iterable
    {
        for ($seed = 1; $seed <= 20; $seed++) {
            yield [$seed];
        }
    }

    public function test_it_says_so_once_a_second_and_when_it_is_over(): void
    {
        $outbox = $this->outbox(new OutboxOptions(buffer: 1, retryMs: 100, retryMaxMs: 100));
        $this->target->isDown();
        for ($round = 0; $round < 25; $round++) {
            self::offer($outbox, 'A');
            $outbox->poll();
            $this->clock->advance(0.1);
        }
        $counts = array_count_values($this->logger->messages());
        self::assertSame(3, $counts['a bridge cannot deliver, and tries again']);
        self::assertLessThanOrEqual(3, $counts['a bridge drops events: its buffer is full']);
        $this->target->behaviour = null;
        $outbox->poll();
        $outbox->finish();

        $last = $this->logger->records[array_key_last($this->logger->records) ?? 0] ?? null;
        self::assertNotNull($last);
        self::assertContains('a bridge delivers again', $this->logger->messages());
        self::assertSame('the bridge', $last['context']['bridge']);
        self::assertSame($outbox->stats()['dropped'], array_sum(array_map(
            static fn(array $record): int => $record['message'] === 'a bridge drops events: its buffer is full' && \is_int($record['context']['dropped']) ? $record['context']['dropped'] : 0,
            $this->logger->records,
        )), 'each drop is in one record');
    }

    public function test_a_logger_that_throws_costs_nothing(): void
    {
        $logger = new class extends AbstractLogger {
            public function log($level, string|\Stringable $message, array $context = []): void
            {
                throw new \RuntimeException('disk full');
            }
        };
        $errors = ini_set('error_log', '/dev/null');
        $outbox = new Outbox('b', $this->target, logger: $logger, clock: $this->clock);
        $this->target->isDown();
        self::offer($outbox, 'A');

        self::assertSame(100, $outbox->poll());
        ini_set('error_log', (string) $errors);
    }

    public function test_it_tells_how_long_the_oldest_waits(): void
    {
        $outbox = $this->outbox();
        $outbox->offer(EventPayload::of(AmiEvent::fromRaw('a', 'Event: A', 1000.0)));

        self::assertSame(2500, $outbox->stats(1002.5)['oldest_waiting_ms']);
        $outbox->poll();
        self::assertSame(0, $outbox->stats(1003.0)['oldest_waiting_ms']);
    }

    /** @param array<string, int> $options */
    #[DataProvider('nonsense')]
    public function test_nonsense_is_refused(array $options, string $message): void
    {
        $this->expectException(InvalidConfigurationException::class);
        $this->expectExceptionMessage($message);
        new OutboxOptions(...$options);
    }

    /** @return iterable<string, array{array<string, int>, string}> */
    public static function nonsense(): iterable
    {
        yield 'no buffer' => [['buffer' => 0], 'buffer must be at least 1, but is 0'];
        yield 'no batch' => [['batch' => 0], 'batch must be at least 1, but is 0'];
        yield 'less than the first wait' => [['retryMs' => 200, 'retryMaxMs' => 100], 'retryMaxMs must be at least 200, but is 100'];
        yield 'negative tries' => [['tries' => -1], 'tries must be at least 0, but is -1'];
    }

    private function outbox(OutboxOptions $options = new OutboxOptions(), bool $tellDrops = false): Outbox
    {
        return new Outbox('the bridge', $this->target, $options, $tellDrops, $this->logger, $this->clock);
    }

    private static function offer(Outbox $outbox, string ...$names): void
    {
        foreach ($names as $name) {
            $outbox->offer(EventPayload::of(AmiEvent::fromRaw('a', "Event: $name")));
        }
    }
}
