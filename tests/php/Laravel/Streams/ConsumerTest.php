<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Streams;

use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Laravel\Bridges\RedisStreams;
use Apn\AmiClient\Laravel\Streams\Consumer;
use Apn\AmiClient\Laravel\Streams\ConsumerOptions;
use Apn\AmiClient\Laravel\Streams\Group;
use Apn\AmiClient\Laravel\Streams\Tally;
use Apn\AmiClient\Tests\Laravel\Bridges\RedisTestCase;
use Apn\AmiClient\Tests\Support\MemoryLogger;
use Apn\AmiClient\Tests\Support\RedisServer;
use PHPUnit\Framework\Attributes\DataProvider;

#[\PHPUnit\Framework\Attributes\Group('slow')]
final class ConsumerTest extends RedisTestCase
{
    /** @var list<string> names of what the handler was given */
    private array $handled = [];

    /** @var list<\Throwable> */
    private array $reported = [];

    private MemoryLogger $logger;

    private float $now = 1_000.0;

    /** @var (\Closure(): mixed)|null called when a consumer next waits */
    private ?\Closure $sleeping = null;

    protected function setUp(): void
    {
        parent::setUp();
        $this->logger = new MemoryLogger();
    }

    #[DataProvider('clients')]
    public function test_entries_are_handled_once_in_order_and_acknowledged(string $client): void
    {
        $this->add($client, 'A', 'B', 'C');
        $tally = $this->consume($client, new ConsumerOptions(count: 2, once: true));

        self::assertSame(['A', 'B', 'C'], $this->handled);
        self::assertSame(['handled' => 3], $tally->counts());
        self::assertSame([], $this->pending());
        $this->consume($client, new ConsumerOptions(once: true));
        self::assertSame(['A', 'B', 'C'], $this->names(), 'not again');
        self::assertSame([], self::server()->client()->xinfo('CONSUMERS', 'app:s', 'g'), 'those who are done are forgotten');
    }

    #[DataProvider('clients')]
    public function test_consumers_of_a_group_share_the_entries_and_groups_have_all_of_them(string $client): void
    {
        $this->add($client, 'A', 'B', 'C', 'D');
        $second = $this->consumer($client, new ConsumerOptions(count: 1, once: true), consumer: 'second');
        $this->consume($client, new ConsumerOptions(count: 1, once: true), function (EventPayload $payload) use ($second): void {
            if ($payload->name === 'A') {
                $second->run();
            }
        });
        self::assertSame(['A', 'B', 'C', 'D'], $this->handled);
        $this->consume($client, new ConsumerOptions(once: true), group: 'other');
        self::assertCount(8, $this->names());
    }

    #[DataProvider('clients')]
    public function test_who_is_to_leave_when_all_is_read_gives_up_after_half_a_minute_without_redis(string $client): void
    {
        $begun = $this->now;
        $consumer = $this->consumer($client, new ConsumerOptions(once: true), redis: ['default' => ['host' => '127.0.0.1', 'port' => 1]]);
        $consumer->run();
        self::assertTrue($consumer->isFailing());
        self::assertEqualsWithDelta($begun + 30.0, $this->now, 30.0, 'in time that the test moves');
        self::assertGreaterThanOrEqual($begun + 30.0, $this->now);
    }

    #[DataProvider('clients')]
    public function test_a_new_group_may_begin_at_the_end(string $client): void
    {
        $this->add($client, 'A');
        $this->consume($client, new ConsumerOptions(from: '$', once: true));
        $this->add($client, 'B');
        $this->consume($client, new ConsumerOptions(from: '$', once: true));

        self::assertSame(['B'], $this->handled);
    }

    #[DataProvider('clients')]
    public function test_who_comes_back_after_a_crash_gets_first_what_it_had(string $client): void
    {
        $this->add($client, 'A', 'B');
        $this->crash($client, count: 2);
        $this->add($client, 'C');
        $this->consume($client, new ConsumerOptions(once: true));

        self::assertSame(['A', 'B', 'C'], $this->handled);
        self::assertSame([], $this->pending());
    }

    #[DataProvider('clients')]
    public function test_what_a_dead_consumer_had_is_taken_over_after_its_time(string $client): void
    {
        $this->add($client, 'A', 'B', 'C');
        $this->crash($client, count: 2, consumer: 'dead');
        $this->consume($client, new ConsumerOptions(once: true));
        self::assertSame(['C'], $this->handled, 'it may be slow only');

        $this->age('s');
        $tally = $this->consume($client, new ConsumerOptions(count: 1, once: true));
        self::assertSame(['C', 'A', 'B'], $this->handled);
        self::assertSame(['handled' => 2, 'claimed' => 2], $tally->counts());
        self::assertSame([], $this->pending());
    }

    #[DataProvider('clients')]
    public function test_an_entry_whose_handler_throws_is_tried_again_and_then_put_aside(string $client): void
    {
        $this->add($client, 'Bad', 'Good');
        $handler = static fn(EventPayload $payload) => $payload->name === 'Bad' ? throw new \DomainException('no such call') : null;
        $options = new ConsumerOptions(maxDeliveries: 3, once: true);
        $counts = [];
        for ($round = 0; $round < 4; $round++) {
            $counts[] = $this->consumer($client, $options, $handler, consumer: "c$round")->run()->counts();
            $this->age('s');
        }

        self::assertSame(['Bad', 'Good', 'Bad', 'Bad'], $this->handled);
        self::assertSame([['handled' => 1, 'failed' => 1], ['failed' => 1, 'claimed' => 1], ['failed' => 1, 'buried' => 1, 'claimed' => 1], []], $counts);
        self::assertSame(['no such call', 'no such call', 'no such call'], array_map(static fn(\Throwable $thrown): string => $thrown->getMessage(), $this->reported));
        self::assertSame([], $this->pending());
        [$fields] = array_values((array) self::server()->client()->xrange('app:s:dead', '-', '+'));
        self::assertIsArray($fields);
        self::assertIsString($fields['payload']);
        self::assertSame('Bad', EventPayload::fromJson($fields['payload'])->name);
        self::assertSame(['s', 'g', '3', 'DomainException: no such call'], [$fields['stream'], $fields['group'], $fields['deliveries'], $fields['error']]);
    }

    #[DataProvider('clients')]
    public function test_an_entry_that_no_consumer_survives_is_put_aside(string $client): void
    {
        $this->add($client, 'Deadly', 'A');
        for ($round = 0; $round < 3; $round++) {
            $this->crash($client, count: 1, own: $round > 0);
        }
        $tally = $this->consume($client, new ConsumerOptions(maxDeliveries: 3, once: true));

        self::assertSame(['A'], $this->handled);
        self::assertSame(['handled' => 1, 'buried' => 1], $tally->counts());
        self::assertSame(1, self::server()->client()->xlen('app:s:dead'));
    }

    #[DataProvider('clients')]
    public function test_an_entry_that_no_consumer_survives_takes_no_other_one_with_it(string $client): void
    {
        $this->add($client, 'A', 'Deadly', 'B', 'C');
        $killed = [];
        $live = function (string $name) use ($client, &$killed): Tally {
            $consumer = $this->consumer($client, new ConsumerOptions(maxDeliveries: 2, once: true), static fn(EventPayload $payload) => $payload->name === 'Deadly' ? \Fiber::suspend() : null, consumer: $name);
            // Not gone on with, as after kill -9.
            $killed[] = $life = new \Fiber($consumer->run(...));
            $life->start();

            return $consumer->tally;
        };
        // It comes back under its name, and then others take over from each other.
        foreach (['c', 'c'] as $name) {
            $live($name);
        }
        self::assertSame(['A', 'Deadly', 'Deadly'], $this->handled);
        $this->age('s');
        self::assertSame(['handled' => 2, 'buried' => 1, 'claimed' => 3], $live('d')->counts());
        self::assertSame(['A', 'Deadly', 'Deadly', 'B', 'C'], $this->handled);

        $this->handled = [];
        $this->add($client, 'Deadly', 'D');
        foreach (['e', 'f'] as $name) {
            $live($name);
            $this->age('s');
        }
        self::assertSame(['handled' => 1, 'buried' => 1, 'claimed' => 2], $live('g')->counts());
        self::assertSame(['Deadly', 'Deadly', 'D'], $this->names());
        self::assertSame([], $this->pending());
    }

    #[DataProvider('clients')]
    public function test_what_is_no_payload_is_put_aside_and_holds_up_nothing(string $client): void
    {
        $redis = self::server()->client();
        $redis->rawcommand('XADD', 'app:s', '*', 'payload', 'no JSON');
        $redis->rawcommand('XADD', 'app:s', '*', 'other', "\xff");
        $this->add($client, 'A');
        $tally = $this->consume($client, new ConsumerOptions(once: true));

        self::assertSame(['A'], $this->handled);
        self::assertSame(['handled' => 1, 'buried' => 2], $tally->counts());
        self::assertSame(["\xff"], array_column((array) $redis->xrange('app:s:dead', '-', '+'), 'other'));
        self::assertSame(['an entry of a stream went to the dead letters'], $this->logger->messages(), 'one record a second');
    }

    #[DataProvider('clients')]
    public function test_a_stop_finishes_the_entry_in_hand_and_leaves_the_others(string $client): void
    {
        $this->add($client, 'A', 'B', 'C');
        $consumer = null;
        $consumer = $this->consumer($client, new ConsumerOptions(), function (EventPayload $payload) use (&$consumer): void {
            if ($payload->name === 'B') {
                $consumer?->stop();
            }
        });
        $consumer->run();
        self::assertSame(['A', 'B'], $this->handled);
        self::assertCount(1, $this->pending());
        $this->consume($client, new ConsumerOptions(once: true));
        self::assertSame(['A', 'B', 'C'], $this->handled, 'none twice');
    }

    public function test_the_restart_signal_and_the_limits_end_it(): void
    {
        $asked = 0;
        $consumer = new Consumer($this->group('phpredis'), static fn() => null, new ConsumerOptions(blockMs: 1), mustRestart: static function () use (&$asked): bool {
            return ++$asked > 2;
        });
        $consumer->run();
        self::assertSame(3, $asked);

        $consumer = new Consumer($this->group('phpredis'), static fn() => null, new ConsumerOptions(blockMs: 1, maxSeconds: 60), now: fn(): float => $this->now += 10.0);
        $consumer->run();
        self::assertGreaterThanOrEqual(1_060.0, $this->now);

        $this->add('phpredis', 'A');
        $this->consume('phpredis', new ConsumerOptions(memoryBytes: 1));
        self::assertSame([], $this->handled);
    }

    #[DataProvider('clients')]
    public function test_slow_handlers_keep_what_waits_behind_them(string $client): void
    {
        $this->add($client, 'A', 'B', 'C');
        $idle = [];
        $this->consume($client, new ConsumerOptions(claimIdleMs: 60_000, once: true), function (EventPayload $payload) use (&$idle): void {
            $idle[$payload->name] = array_column($this->pending(), 2);
            // As if the handler took 50 of 60 seconds.
            $this->now += 50.0;
            $this->age('s', 50_000);
        });

        self::assertSame(['A', 'B', 'C'], $this->handled);
        self::assertLessThan(50_000, $idle['B'][1] ?? \PHP_INT_MAX, 'the time of C began anew while A was handled');
    }

    #[DataProvider('clients')]
    public function test_a_group_that_redis_forgot_is_made_again(string $client): void
    {
        $this->add($client, 'A');
        $consumer = $this->consumer($client, new ConsumerOptions(from: '$', blockMs: 1), function () use (&$consumer, $client): void {
            match (\count($this->handled)) {
                1 => $this->startOver($client, 'C'),
                default => $consumer?->stop(),
            };
        });
        $this->group($client)->create('0');
        $tally = $consumer->run();

        self::assertSame(['A', 'C'], $this->handled, 'C came while there was no group');
        self::assertSame(1, $tally->groupsRecreated);
        self::assertStringContainsString('Redis has forgotten a group of consumers', implode("\n", $this->logger->messages()));
    }

    #[DataProvider('clients')]
    public function test_entries_trimmed_before_they_were_read_are_counted(string $client): void
    {
        $about = self::server()->client()->info('server');
        $version = \is_array($about) ? $about['redis_version'] ?? null : null;
        if (!\is_string($version) || version_compare($version, '7.0', '<')) {
            self::markTestSkipped('Redis tells since 7.0');
        }
        $this->add($client, 'A');
        $this->consume($client, new ConsumerOptions(once: true));
        $this->add($client, 'B', 'C', 'D');
        self::server()->client()->rawcommand('XTRIM', 'app:s', 'MAXLEN', '=', '1');
        $tally = $this->consume($client, new ConsumerOptions(once: true));

        self::assertSame(['A', 'D'], $this->handled);
        self::assertSame(['handled' => 1, 'trimmed_unread' => 2], $tally->counts());
        self::assertSame(2, $this->logger->records[0]['context']['entries'] ?? null);
        self::assertSame([], $this->consume($client, new ConsumerOptions(once: true))->counts(), 'once');

        // The same in one process: the counter of Redis 7.0 does not know of the first loss.
        $rounds = 0;
        $consumer = $this->consumer($client, new ConsumerOptions(blockMs: 1), mustRestart: function () use (&$rounds, $client): bool {
            $this->now += 1.0;
            if (++$rounds === 5 || $rounds === 10) {
                $this->add($client, 'E', 'F', 'G');
                self::server()->client()->rawcommand('XTRIM', 'app:s', 'MAXLEN', '=', '1');
            }

            return $rounds > 15;
        });
        self::assertSame(['handled' => 2, 'trimmed_unread' => 4], $consumer->run()->counts());
    }

    #[DataProvider('clients')]
    public function test_entries_trimmed_before_they_were_acknowledged_are_counted(string $client): void
    {
        $this->add($client, 'A', 'B', 'C');
        $this->crash($client, count: 3);
        self::server()->client()->rawcommand('XTRIM', 'app:s', 'MAXLEN', '=', '1');
        $tally = $this->consume($client, new ConsumerOptions(once: true));

        self::assertSame(['C'], $this->handled);
        self::assertSame(2, $tally->trimmedPending);
        self::assertSame([], $this->pending());
    }

    #[DataProvider('clients')]
    public function test_redis_killed_and_started_again_costs_no_entry(string $client): void
    {
        $server = RedisServer::start();
        $redis = ['default' => ['host' => '127.0.0.1', 'port' => $server->port]];
        $names = array_map(static fn(int $number): string => "E$number", range(1, 30));
        (new RedisStreams(self::link($client, redis: $redis), 's', 0))->deliver(self::payloads('E0', ...$names));
        $consumer = $this->consumer($client, new ConsumerOptions(count: 7, blockMs: 10), function () use (&$consumer, $server): void {
            match (\count($this->handled)) {
                // While an entry is in hand: its acknowledgement finds no Redis.
                5 => $this->die($server),
                31 => $consumer?->stop(),
                default => null,
            };
        }, redis: $redis);
        $tally = $consumer->run();

        self::assertSame(['E0', ...$names], $this->handled, 'each once, in order: what was handled is acknowledged later');
        self::assertGreaterThanOrEqual(1, $tally->redisFailures);
        self::assertSame(['a consumer cannot read its streams, and tries again', 'a consumer reads its streams again'], array_values(array_unique($this->logger->messages())));
        self::assertSame([], $server->client()->xpending('app:s', 'g', '-', '+', 100));
    }

    /**
     * @param (\Closure(EventPayload): mixed)|null $handler called after the name is kept
     * @param array<string, mixed> $redis
     * @param (\Closure(): bool)|null $mustRestart
     */
    private function consumer(string $client, ConsumerOptions $options, ?\Closure $handler = null, string $group = 'g', string $consumer = 'c', array $redis = [], ?\Closure $mustRestart = null): Consumer
    {
        return new Consumer(
            $this->group($client, $group, $consumer, $redis),
            function (EventPayload $payload) use ($handler): void {
                $this->handled[] = $payload->name;
                if ($handler !== null) {
                    $handler($payload);
                }
            },
            $options,
            $this->logger,
            function (\Throwable $thrown): void {
                $this->reported[] = $thrown;
            },
            mustRestart: $mustRestart ?? self::patience(),
            now: fn(): float => $this->now,
            sleep: function (float $seconds): void {
                $this->now += $seconds;
                $wake = $this->sleeping;
                $this->sleeping = null;
                if ($wake !== null) {
                    $wake();
                }
            },
        );
    }

    /**
     * A consumer that waits for what does not come is not to hang.
     *
     * @return \Closure(): bool
     */
    private static function patience(): \Closure
    {
        $end = hrtime(true) + 30_000_000_000;

        return static fn(): bool => hrtime(true) > $end;
    }

    /** @param (\Closure(EventPayload): mixed)|null $handler */
    private function consume(string $client, ConsumerOptions $options, ?\Closure $handler = null, string $group = 'g'): Tally
    {
        return $this->consumer($client, $options, $handler, $group)->run();
    }

    /** @param array<string, mixed> $redis */
    private function group(string $client, string $group = 'g', string $consumer = 'c', array $redis = []): Group
    {
        return new Group(self::link($client, redis: $redis), ['s'], $group, $consumer);
    }

    private function startOver(string $client, string $name): void
    {
        self::server()->client()->flushAll();
        $this->add($client, $name);
    }

    private function die(RedisServer $server): void
    {
        $server->kill();
        $this->sleeping = static fn() => $server->restart();
    }

    private function add(string $client, string $first, string ...$others): void
    {
        (new RedisStreams(self::link($client), 's', 0))->deliver(self::payloads($first, ...$others));
    }

    /** A consumer that reads so many entries, and is no more. */
    private function crash(string $client, int $count, string $consumer = 'c', bool $own = false): void
    {
        $group = $this->group($client, consumer: $consumer);
        $group->create('0');
        self::assertCount($count, $own ? $group->readOwn('s', $count, '0') : $group->readNew($count, 0));
    }

    /** @return list<string> */
    private function names(): array
    {
        return $this->handled;
    }

    /** As if so much time had passed since entries were delivered. */
    private function age(string $stream, int $millis = 3_600_000): void
    {
        foreach ($this->pending() as [$id, $consumer]) {
            self::server()->client()->rawcommand('XCLAIM', "app:$stream", 'g', $consumer, '0', $id, 'IDLE', (string) $millis, 'JUSTID');
        }
    }

    /** @return list<array{string, string, int, int}> id, consumer, idle milliseconds, deliveries */
    private function pending(): array
    {
        $pending = [];
        foreach ((array) self::server()->client()->xpending('app:s', 'g', '-', '+', 100) as $one) {
            self::assertIsArray($one);
            [$id, $consumer, $idle, $deliveries] = [$one[0] ?? null, $one[1] ?? null, $one[2] ?? null, $one[3] ?? null];
            if (\is_string($id) && \is_string($consumer) && \is_int($idle) && \is_int($deliveries)) {
                $pending[] = [$id, $consumer, $idle, $deliveries];
            }
        }

        return $pending;
    }
}
