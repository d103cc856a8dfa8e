<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway;

use Apn\AmiClient\Gateway\Broker;
use Apn\AmiClient\Gateway\RedisBroker;
use Apn\AmiClient\Gateway\RedisFailedException;
use Apn\AmiClient\Tests\Gateway\Support\Connections;
use Apn\AmiClient\Tests\Support\RedisServer;

/** The contract on a real Redis. The broker's clock is Redis's own, and cannot be moved. */
abstract class RedisBrokerTestCase extends BrokerContract
{
    private static ?RedisServer $redis = null;

    private RedisBroker $broker;

    abstract protected function driver(): string;

    public static function setUpBeforeClass(): void
    {
        self::$redis = RedisServer::isThere() ? RedisServer::start() : null;
    }

    public static function tearDownAfterClass(): void
    {
        self::$redis = null;
    }

    protected function setUp(): void
    {
        if (self::$redis === null) {
            self::markTestSkipped('needs redis-server');
        }
        $this->broker = new RedisBroker(Connections::to(self::$redis->port, $this->driver()), "test-{$this->name()}:");
    }

    protected function broker(): Broker
    {
        return $this->broker;
    }

    protected function wait(int $ms): void
    {
        $until = $this->broker->now() + $ms;
        while ($this->broker->now() < $until) {
            usleep(1000);
        }
    }

    public function test_nothing_is_left_behind_but_what_is_bounded(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 50, 'about one');
        foreach (['answered', 'expired', 'claimed', 'withdrawn'] as $id) {
            $broker->submit($this->request($id, keepMs: 50, waitMs: $id === 'expired' ? 1 : 1000));
        }
        $broker->withdraw('withdrawn');
        $broker->take('one', [''], 1);
        $broker->answer('one', 'answered', 'done', 50, false);
        $this->wait(5);
        $broker->take('one', [''], 1);
        $without = [];
        foreach ($this->keysWithoutEnd() as $key) {
            $without[] = substr($key, \strlen("test-{$this->name()}:"));
        }
        sort($without);
        self::assertSame(['counts', 'listeners'], array_values(array_diff($without, ['waiting'])));
    }

    public function test_queues_that_nobody_serves_do_not_grow(): void
    {
        for ($i = 0; $i < 50; $i++) {
            self::assertNotSame('full', $this->broker->submit($this->request("r$i", 'nobody', waitMs: 5))->value);
            $this->wait($i % 10 === 9 ? 10 : 0);
        }
        $this->wait(10);
        for ($i = 0; $i < 10; $i++) {
            $this->broker->submit($this->request("s$i", 'nobody', waitMs: 5_000));
        }
        self::assertSame(10, $this->ask("return redis.call('LLEN', KEYS[1] .. 'queue:nobody')"));
    }

    public function test_what_waited_while_redis_was_restarted_is_not_taken_as_it_may_have_been_before(): void
    {
        $redis = RedisServer::start();
        $broker = new RedisBroker(Connections::to($redis->port, $this->driver()), 'restarted:');
        $broker->beat('one', 60_000, '');
        foreach (['a', 'expires', 'withdrawn'] as $id) {
            $broker->submit($this->request($id, $id, waitMs: $id === 'expires' ? 1_000 : 60_000));
        }
        $redis->restart();
        for ($attempt = 0; $attempt < 2; $attempt++) {
            try {
                $broker->beat('one', 60_000, '');
            } catch (RedisFailedException) {
            }
        }
        self::assertGreaterThanOrEqual(2, $broker->waiting());
        self::assertSame([], $broker->take('one', ['a'], 10)->bodies);
        self::assertFalse($broker->withdraw('withdrawn'));
        $this->wait(1_000);
        foreach (['a', 'expires', 'withdrawn'] as $id) {
            self::assertSame(Broker::LOST, $broker->look($id)->answer, $id);
        }
        $broker->submit($this->request('b'));
        self::assertSame(['b'], array_keys($broker->take('one', [''], 10)->bodies));
    }

    public function test_a_listener_is_not_taken_for_dead_because_redis_was(): void
    {
        $redis = RedisServer::start();
        $connection = Connections::to($redis->port, $this->driver());
        $broker = new RedisBroker($connection, 'restarted:');
        $broker->beat('one', 200, '');
        $broker->submit($this->request('a'));
        self::assertCount(1, $broker->take('one', [''], 10)->bodies);
        $redis->restart();
        for ($attempt = 0; $attempt < 2; $attempt++) {
            try {
                $broker->now();
            } catch (RedisFailedException) {
            }
        }
        $this->wait(200);
        self::assertTrue($broker->look('a')->claimed, 'who waits was faster than the listener');
        $broker->beat('other', 60_000, '');
        self::assertTrue($broker->look('a')->claimed, 'and so was another listener');
        // So long after the restart it has had its chance.
        $connection->script("redis.call('HINCRBY', KEYS[1] .. 'run', 'since', -5000) return 1", 'restarted:', []);
        self::assertSame(Broker::LOST, $broker->look('a')->answer);
    }

    public function test_a_redis_that_does_not_answer_is_given_up_in_time_and_tried_again(): void
    {
        $redis = self::$redis ?? throw new \LogicException('no redis');
        $broker = new RedisBroker(Connections::to($redis->port, $this->driver(), 0.2, 0.0), 'slow:');
        $broker->now();
        $redis->freeze();
        try {
            $broker->now();
            self::fail('it answered');
        } catch (RedisFailedException $e) {
            self::assertTrue($e->wasSent());
        } finally {
            $redis->thaw();
        }
        $deadline = microtime(true) + 5;
        do {
            try {
                $now = $broker->now();
            } catch (RedisFailedException) {
                $now = null;
            }
        } while ($now === null && microtime(true) < $deadline);
        self::assertGreaterThan(1_700_000_000_000, $now, 'no answer of before was taken for that of now');
    }

    public function test_a_redis_that_is_not_there_was_sent_nothing(): void
    {
        $broker = new RedisBroker(Connections::to(1, $this->driver(), 0.2, 0.0), 'none:');
        try {
            $broker->now();
            self::fail('it answered');
        } catch (RedisFailedException $e) {
            self::assertFalse($e->wasSent());
        }
    }

    /** @return list<string> */
    private function keysWithoutEnd(): array
    {
        $keys = $this->ask("local found = {} for _, key in ipairs(redis.call('KEYS', KEYS[1] .. '*')) do if redis.call('PTTL', key) == -1 then found[#found + 1] = key end end return found");

        return \is_array($keys) ? array_values(array_filter($keys, is_string(...))) : [];
    }

    private function ask(string $script): mixed
    {
        return Connections::to(self::$redis->port ?? 0, $this->driver())->script($script, "test-{$this->name()}:", []);
    }
}
