<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\BackpressureException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Tests\Support\Mode;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;
use Apn\AmiClient\Worker\StopReason;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;
use Psr\Clock\ClockInterface;
use Psr\Log\AbstractLogger;

#[RequiresPhpExtension('apn_ami')]
final class ListenerTest extends TestCase
{
    public function test_it_ends_after_so_many_ticks(): void
    {
        $ticks = 0;
        $listener = new Listener(self::manager(), new Limits(ticks: 3), tickTimeoutMs: 0);
        $outcome = $listener->onTick(static function () use (&$ticks): void {
            $ticks++;
        })->run();
        self::assertSame(StopReason::Ticks, $outcome->reason);
        self::assertSame(3, $outcome->ticks);
        self::assertGreaterThanOrEqual(3, $ticks);
    }

    public function test_it_ends_when_the_clock_says_so(): void
    {
        $clock = new class implements ClockInterface {
            public int $seconds = 0;

            public function now(): \DateTimeImmutable
            {
                return new \DateTimeImmutable('@' . $this->seconds);
            }
        };
        $listener = new Listener(self::manager(), new Limits(seconds: 60.0), clock: $clock, tickTimeoutMs: 0);
        $outcome = $listener->onTick(static function () use ($clock): void {
            $clock->seconds += 20;
        })->run();
        self::assertSame(StopReason::Seconds, $outcome->reason);
        self::assertSame(3, $outcome->ticks);
        self::assertGreaterThanOrEqual(60.0, $outcome->seconds);
    }

    public function test_it_ends_when_the_process_is_too_big(): void
    {
        $outcome = new Listener(self::manager(), new Limits(ticks: 5, memoryBytes: 1_000_000), tickTimeoutMs: 0)->run();
        self::assertSame(StopReason::Memory, $outcome->reason);
        self::assertSame(1, $outcome->ticks);
    }

    public function test_it_ends_when_the_manager_shuts_down_because_of_its_memory_limit(): void
    {
        // Something has to be open, or there is nothing to shut down: this accepts, and never says a word.
        $server = stream_socket_server('tcp://127.0.0.1:0');
        self::assertNotFalse($server);
        $manager = self::manager((int) explode(':', (string) stream_socket_get_name($server, false))[1], ['memory_limit' => 32 << 20]);
        $leak = str_repeat('x', 64 << 20);
        $listener = new Listener($manager, new Limits(seconds: 10.0), tickTimeoutMs: 10);
        $outcome = $listener->run();
        unset($leak);
        self::assertSame(StopReason::MemoryLimit, $outcome->reason);
        self::assertTrue($outcome->isOrderly());
        self::assertLessThan(5.0, $outcome->seconds);
        self::assertStringStartsWith('memory_limit: ', (string) $manager->shutdownReason());
        $this->expectException(BackpressureException::class);
        $this->expectExceptionMessage('memory_limit');
        $listener->run();
    }

    public function test_it_ends_when_asked_and_can_be_run_again(): void
    {
        $listener = new Listener(self::manager(), tickTimeoutMs: 0);
        $listener->onTick($listener->stop(...));
        self::assertSame(StopReason::Asked, $listener->run()->reason);
        self::assertSame(1, $listener->run()->ticks);
    }

    #[RequiresPhpExtension('posix')]
    #[DataProvider('signals')]
    public function test_a_signal_ends_it(int $signal): void
    {
        $listener = new Listener(self::manager(), new Limits(seconds: 5.0), tickTimeoutMs: 0);
        $outcome = $listener->onTick(static function () use ($signal): void {
            posix_kill(posix_getpid(), $signal);
        })->run();
        self::assertSame(StopReason::Signal, $outcome->reason);
        self::assertSame($signal, $outcome->signal);
        // It came after the first one.
        self::assertSame(2, $outcome->ticks);
    }

    #[RequiresPhpExtension('pcntl')]
    #[RequiresPhpExtension('posix')]
    public function test_the_applications_own_handlers_of_other_signals_are_called(): void
    {
        /** @var \ArrayObject<int, int> $told */
        $told = new \ArrayObject();
        pcntl_signal(SIGUSR1, static fn(int $signal) => $told->append($signal));
        try {
            $listener = new Listener(self::manager(), new Limits(ticks: 1), tickTimeoutMs: 0);
            $listener->onTick(static fn() => \count($told) === 0 && posix_kill(posix_getpid(), SIGUSR1))->run();
            self::assertContains(SIGUSR1, $told);
        } finally {
            pcntl_signal(SIGUSR1, SIG_DFL);
        }
    }

    #[RequiresPhpExtension('pcntl')]
    #[RequiresPhpExtension('posix')]
    public function test_signals_are_given_back_even_when_a_callback_throws(): void
    {
        $async = pcntl_async_signals(true);
        $before = pcntl_signal_get_handler(SIGTERM);
        $told = new \ArrayObject();
        pcntl_signal(SIGTERM, static fn(int $signal) => $told->append($signal));
        try {
            $listener = new Listener(self::manager(), tickTimeoutMs: 0);
            $listener->onTick(static function (): void {
                posix_kill(posix_getpid(), SIGTERM);
                throw new \DomainException('enough');
            });
            try {
                $listener->run();
                self::fail('nothing was thrown');
            } catch (\DomainException $error) {
                self::assertSame('enough', $error->getMessage());
            }
            self::assertCount(0, $told);
            posix_kill(posix_getpid(), SIGTERM);
            self::assertCount(1, $told);
        } finally {
            pcntl_signal(SIGTERM, $before);
            pcntl_async_signals($async);
        }
    }

    /** @return iterable<string, array{int}> */
    public static function signals(): iterable
    {
        yield 'SIGINT' => [2];
        yield 'SIGTERM' => [15];
    }

    public function test_servers_that_cannot_be_reached_do_not_hold_the_goodbye_up(): void
    {
        $manager = self::manager();
        $outcome = new Listener($manager, new Limits(ticks: 5), tickTimeoutMs: 10)->run();
        self::assertSame([], $outcome->unclosed);
        self::assertTrue($outcome->isOrderly());
        self::assertSame(ConnectionState::Disconnected, $manager->server('nobody')->state());
        self::assertLessThan(2.0, $outcome->seconds);
    }

    public function test_a_server_that_never_answers_is_cut_off_at_the_deadline(): void
    {
        // It accepts, greets, and takes the login without a word: there is no session to say goodbye to.
        $server = stream_socket_server('tcp://127.0.0.1:0');
        self::assertNotFalse($server);
        $manager = self::manager((int) explode(':', (string) stream_socket_get_name($server, false))[1]);
        $outcome = new Listener($manager, new Limits(ticks: 3), tickTimeoutMs: 10, closeSeconds: 0.2)->run();
        self::assertSame(ConnectionState::Disconnected, $manager->server('nobody')->state());
        self::assertLessThan(2.0, $outcome->seconds);
    }

    public function test_a_logger_that_throws_costs_no_server_its_goodbye(): void
    {
        if (!class_exists(AbstractLogger::class)) {
            self::markTestSkipped('needs psr/log');
        }
        $logger = new class extends AbstractLogger {
            public function log(mixed $level, string|\Stringable $message, array $context = []): never
            {
                throw new \UnexpectedValueException('the disk is full');
            }
        };
        $manager = self::manager();
        $said = ini_set('error_log', '/dev/null');
        try {
            $outcome = new Listener($manager, new Limits(ticks: 1), $logger, tickTimeoutMs: 10)->run();
        } finally {
            ini_set('error_log', (string) $said);
        }
        self::assertSame([StopReason::Ticks, []], [$outcome->reason, $outcome->unclosed]);
        self::assertSame(ConnectionState::Disconnected, $manager->server('nobody')->state());
    }

    #[DataProvider('limits')]
    public function test_a_limit_that_is_not_above_zero_is_refused(?int $ticks, ?float $seconds, ?int $memory, string $name): void
    {
        $this->expectException(\InvalidArgumentException::class);
        $this->expectExceptionMessage($name);
        new Limits($ticks, $seconds, $memory);
    }

    /** @return iterable<string, array{?int, ?float, ?int, string}> */
    public static function limits(): iterable
    {
        yield 'ticks' => [0, null, null, 'ticks'];
        yield 'seconds' => [null, -1.0, null, 'seconds'];
        yield 'seconds that are no number' => [null, NAN, null, 'seconds'];
        yield 'memory' => [null, null, 0, 'memoryBytes'];
    }

    /**
     * A manager with one server; on port 1 of loopback nobody listens.
     *
     * @param array<string, mixed> $options
     */
    private static function manager(int $port = 1, array $options = []): AmiClientManager
    {
        return AmiClientManager::fromConfig(['servers' => [
            'nobody' => ['host' => '127.0.0.1', 'port' => $port, 'username' => 'u', 'secret' => 's'],
        ], 'options' => [...Mode::options(), ...$options]]);
    }
}
