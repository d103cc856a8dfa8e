<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway\Processes;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Gateway\GatewayUnavailableException;
use Apn\AmiClient\Gateway\OutcomeUnknownException;
use Apn\AmiClient\Gateway\RequestExpiredException;
use Apn\AmiClient\Tests\Gateway\Support\Process;
use Apn\AmiClient\Tests\Support\RedisServer;
use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

/**
 * Four processes send numbered actions through two listeners, of which something is killed. A session of its own on each node counts what
 * the nodes carried out.
 */
#[RequiresPhpExtension('apn_ami')]
#[RequiresPhpExtension('redis')]
final class ExactlyOnceTest extends TestCase
{
    private const int SENDERS = 4;

    private const int EACH = 250;

    private const float PATIENCE_SECONDS = 60.0;

    private ?Simulator $simulator = null;

    private ?RedisServer $redis = null;

    private ?AmiClientManager $observer = null;

    /** @var array<int, int> how often each number was carried out */
    private array $seen = [];

    protected function setUp(): void
    {
        if (!Simulator::isThere() || !RedisServer::isThere()) {
            self::markTestSkipped('needs the simulator and redis-server');
        }
        $this->simulator = new Simulator('--nodes', '2', '--calls', '0');
        $this->redis = RedisServer::start();
        $this->observer = AmiClientManager::fromConfig(['servers' => $this->simulator->servers()]);
        $this->observer->onEvent('UserEvent', function (AmiEvent $event): void {
            $number = (int) $event->get('Number');
            $this->seen[$number] = ($this->seen[$number] ?? 0) + 1;
        });
        foreach (['pbx1', 'pbx2'] as $key) {
            $this->observer->server($key)->waitUntilReady();
        }
    }

    protected function tearDown(): void
    {
        $this->observer?->terminate();
        $this->observer = $this->redis = $this->simulator = null;
    }

    #[DataProvider('drivers')]
    public function test_a_listener_that_leaves_in_the_middle_costs_nothing(string $driver): void
    {
        [$first, $second] = [$this->listener($driver), $this->listener($driver)];
        $outcomes = $this->outcomes($driver, static fn() => $first->signal(SIGTERM));
        self::assertSame(['Success' => self::SENDERS * self::EACH], array_count_values($outcomes));
        self::assertSame([1 => self::SENDERS * self::EACH], array_count_values($this->seen));
        $left = $first->result();
        self::assertSame(['signal', true], [$left['reason'] ?? null, $left['orderly'] ?? null]);
        $second->signal(SIGTERM);
        $stayed = $second->result();
        self::assertSame(self::SENDERS * self::EACH, self::stat($left, 'sent') + self::stat($stayed, 'sent'));
        self::assertGreaterThan(0, self::stat($left, 'sent'));
        self::assertGreaterThan(0, self::stat($stayed, 'sent'));
    }

    /** @return iterable<string, array{string}> */
    public static function drivers(): iterable
    {
        yield 'phpredis' => ['phpredis'];
        yield 'predis' => ['predis'];
    }

    public function test_a_listener_that_is_killed_leaves_unknown_outcomes_and_nothing_twice(): void
    {
        [$first, $second] = [$this->listener('phpredis'), $this->listener('phpredis')];
        $outcomes = $this->outcomes('phpredis', static fn() => $first->signal(SIGKILL));
        $this->assertNothingTwice($outcomes, [OutcomeUnknownException::class]);
        self::assertGreaterThan(self::SENDERS * self::EACH / 2, $this->succeeded($outcomes));
        unset($second);
    }

    /** @param list<string> $options of Redis */
    #[DataProvider('memories')]
    public function test_a_redis_that_is_killed_and_comes_back_makes_nothing_happen_twice(array $options): void
    {
        $this->redis = RedisServer::start($options);
        $listeners = [$this->listener('phpredis'), $this->listener('predis')];
        $outcomes = $this->outcomes('phpredis', function (): void {
            $this->redis?->kill();
            $this->tick(0.3);
            $this->redis?->restart();
        }, 2_000);
        $this->assertNothingTwice($outcomes, [OutcomeUnknownException::class, GatewayUnavailableException::class, RequestExpiredException::class]);
        self::assertGreaterThan(0, $this->succeeded($outcomes));
        // And all is well again.
        $this->seen = [];
        $outcomes = $this->outcomes('phpredis', static function (): void {});
        self::assertSame(['Success' => self::SENDERS * self::EACH], array_count_values($outcomes));
        unset($listeners);
    }

    /** @return iterable<string, array{list<string>}> */
    public static function memories(): iterable
    {
        yield 'empty' => [['--appendonly', 'no']];
        yield 'with what it had' => [[]];
    }

    /**
     * @param array<int, string> $outcomes
     * @param list<class-string> $failures that may be
     */
    private function assertNothingTwice(array $outcomes, array $failures): void
    {
        self::assertCount(self::SENDERS * self::EACH, $outcomes);
        self::assertSame([], array_diff(array_unique($outcomes), ['Success', ...$failures]));
        foreach ($outcomes as $number => $outcome) {
            $times = $this->seen[$number] ?? 0;
            match ($outcome) {
                'Success' => self::assertSame(1, $times, "$number was answered"),
                OutcomeUnknownException::class => self::assertLessThanOrEqual(1, $times, "$number is unknown"),
                default => self::assertSame(0, $times, "$number was not carried out, says $outcome"),
            };
        }
    }

    /** @param array<int, string> $outcomes */
    private function succeeded(array $outcomes): int
    {
        return \count(array_keys($outcomes, 'Success', true));
    }

    private function listener(string $driver): Process
    {
        $listener = new Process('listener', ['redis' => $this->redis?->port, 'driver' => $driver, 'servers' => $this->simulator?->servers()]);
        $manager = Process::manager($this->redis->port ?? 0, $driver, ['pbx1', 'pbx2']);
        foreach (['pbx1', 'pbx2'] as $key) {
            $manager->server($key)->waitUntilReady();
        }

        return $listener;
    }

    /**
     * @param \Closure(): mixed $disaster once a fifth is done
     *
     * @return array<int, string>
     */
    private function outcomes(string $driver, \Closure $disaster, int $timeoutMs = 30_000): array
    {
        $senders = [];
        for ($i = 0; $i < self::SENDERS; $i++) {
            $senders[] = new Process('sender', ['redis' => $this->redis?->port, 'driver' => $driver, 'from' => $i * self::EACH, 'count' => self::EACH, 'timeout_ms' => $timeoutMs]);
        }
        $deadline = microtime(true) + self::PATIENCE_SECONDS;
        $isDone = false;
        while (array_filter($senders, static fn(Process $sender): bool => $sender->isRunning()) !== []) {
            self::assertLessThan($deadline, microtime(true), 'the senders do not end');
            $this->observer?->tickAll(10);
            if (!$isDone && \count($this->seen) > self::SENDERS * self::EACH / 5) {
                $isDone = true;
                $disaster();
            }
        }
        self::assertTrue($isDone);
        // What was carried out without an answer may still be on its way.
        $this->tick(0.5);
        $outcomes = [];
        foreach ($senders as $sender) {
            foreach ($sender->result() as $number => $outcome) {
                $outcomes[(int) $number] = \is_string($outcome) ? $outcome : '';
            }
        }

        return $outcomes;
    }

    private function tick(float $seconds): void
    {
        for ($until = microtime(true) + $seconds; microtime(true) < $until;) {
            $this->observer?->tickAll(10);
        }
    }

    /** @param array<array-key, mixed> $result */
    private static function stat(array $result, string $name): int
    {
        $stats = $result['stats'] ?? null;

        return \is_array($stats) && \is_int($stats[$name] ?? null) ? $stats[$name] : -1;
    }
}
