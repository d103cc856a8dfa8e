<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Http\Endpoint;
use Apn\AmiClient\Log\JsonLinesLogger;
use Apn\AmiClient\TickSummary;
use Psr\Clock\ClockInterface;
use Psr\Log\LoggerInterface;

/**
 * The loop of a process that listens: connects, ticks until something ends it, says goodbye to every server.
 *
 * It knows no framework. SIGTERM and SIGINT only set a flag, and end the wait of a tick; no pcntl is needed for that. A
 * second one while closing cuts the goodbye short. They are the manager's only signal handler while this runs.
 */
final class Listener
{
    private const int MEMORY_CHECK_SECONDS = 1;

    /** What a logger of lines gets at the end, for what still waits. */
    private const float FLUSH_SECONDS = 1.0;

    /** A tick waits no longer while an answer of the endpoint is on its way to somebody who takes it in parts. */
    private const int BUSY_TICK_MS = 5;

    private bool $stopping = false;

    private ?int $signal = null;

    private int $signals = 0;

    private int $ticks = 0;

    private float $memoryCheckAt = 0.0;

    private ?Endpoint $endpoint = null;

    /** @var list<callable(TickSummary): mixed> */
    private array $callbacks = [];

    /**
     * @param ClockInterface|null $clock null for the system's monotonic clock, which nobody sets
     * @param int $tickTimeoutMs most milliseconds that an idle tick waits; a tick takes at most 250
     * @param float $closeSeconds most seconds that the goodbye may take
     */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly Limits $limits = new Limits(),
        private readonly ?LoggerInterface $logger = null,
        private readonly ?ClockInterface $clock = null,
        private readonly int $tickTimeoutMs = 100,
        private readonly float $closeSeconds = 5.0,
    ) {}

    /**
     * Calls back after each tick, those of the closing included.
     *
     * @param callable(TickSummary): mixed $callback what it throws ends run() without a goodbye
     */
    public function onTick(callable $callback): self
    {
        $this->callbacks[] = $callback;

        return $this;
    }

    /**
     * Serves metrics and probes between the ticks of run(), from its beginning to its end. Where the endpoint cannot listen, run()
     * throws its ListenException before anything is connected.
     */
    public function serve(Endpoint $endpoint): self
    {
        $this->endpoint = $endpoint;

        return $this;
    }

    /** Ends the loop after the tick that runs; the goodbye follows. May be called from listeners and callbacks. */
    public function stop(): void
    {
        $this->stopping = true;
    }

    /** Connects all servers and ticks until a signal, stop() or a limit; closes them, and returns. May be run again. */
    public function run(): Outcome
    {
        $start = $this->now();
        [$this->stopping, $this->signal, $this->signals, $this->ticks] = [false, null, 0, 0];
        $this->memoryCheckAt = $start;
        $this->endpoint?->open();
        $this->manager->registerSignalHandlers(function (int $signal): void {
            $this->signal ??= $signal;
            $this->signals++;
        });
        try {
            $this->manager->connectAll();
            $this->attempt(fn() => $this->logger?->info('worker started', ['worker_pid' => getmypid()]));
            do {
                $this->tick($this->tickTimeoutMs);
                $this->ticks++;
                $reason = $this->reasonToStop($start);
            } while ($reason === null);
            $this->attempt(fn() => $this->logger?->info('worker stops', ['worker_pid' => getmypid(), 'reason' => $reason->value]));
            $unclosed = $this->close();
            if ($this->logger instanceof JsonLinesLogger) {
                $this->logger->flush(self::FLUSH_SECONDS);
            }
        } finally {
            $this->manager->registerSignalHandlers(null);
            $this->endpoint?->close();
        }

        return new Outcome($reason, $this->ticks, $this->now() - $start, $unclosed, $this->signal);
    }

    private function tick(int $timeoutMs): void
    {
        $summary = $this->manager->tickAll($this->endpoint?->isBusy() === true ? min($timeoutMs, self::BUSY_TICK_MS) : $timeoutMs);
        if ($this->logger instanceof JsonLinesLogger) {
            $this->logger->flush();
        }
        $this->endpoint?->poll();
        foreach ($this->callbacks as $callback) {
            $callback($summary);
        }
        // The application's own handlers, for other signals.
        if (\function_exists('pcntl_signal_dispatch')) {
            pcntl_signal_dispatch();
        }
    }

    private function reasonToStop(float $start): ?StopReason
    {
        return match (true) {
            $this->signal !== null => StopReason::Signal,
            $this->stopping => StopReason::Asked,
            $this->manager->shutdownReason() !== null => StopReason::MemoryLimit,
            $this->limits->ticks !== null && $this->ticks >= $this->limits->ticks => StopReason::Ticks,
            $this->limits->seconds !== null && $this->now() - $start >= $this->limits->seconds => StopReason::Seconds,
            $this->isTooBig() => StopReason::Memory,
            default => null,
        };
    }

    /**
     * A logger that throws must not cost the servers their goodbye.
     *
     * @param \Closure(): mixed $log
     */
    private function attempt(\Closure $log): void
    {
        try {
            $log();
        } catch (\Throwable $thrown) {
            error_log('apn/ami-client: the logger of the worker threw ' . $thrown::class);
        }
    }

    /** @return list<string> the servers that had to be cut off */
    private function close(): array
    {
        $deadline = $this->now() + $this->closeSeconds;
        $signals = $this->signals;
        $this->manager->close();
        $open = $this->openServers();
        while ($open !== []) {
            if ($this->now() >= $deadline || $this->signals > $signals) {
                $this->manager->terminate();
                // What that has to say to callbacks and to the manager's logger.
                $this->tick(0);
                $this->attempt(fn() => $this->logger?->warning('servers were left without a goodbye', ['worker_pid' => getmypid(), 'server_keys' => $open]));
                break;
            }
            $this->tick(min($this->tickTimeoutMs, 50));
            $open = $this->openServers();
        }

        return $open;
    }

    /** @return list<string> */
    private function openServers(): array
    {
        $open = [];
        foreach ($this->manager->health() as $key => $health) {
            if (!\in_array($health['state'], [ConnectionState::Disconnected, ConnectionState::Fatal], true)) {
                $open[] = $key;
            }
        }

        // PHP makes integers of keys that look like some.
        return array_map(strval(...), $open);
    }

    private function isTooBig(): bool
    {
        if ($this->limits->memoryBytes === null || $this->now() < $this->memoryCheckAt) {
            return false;
        }
        $this->memoryCheckAt = $this->now() + self::MEMORY_CHECK_SECONDS;

        return max(memory_get_usage(true), self::residentBytes()) >= $this->limits->memoryBytes;
    }

    /** What the extension allocates is not in memory_get_usage(). */
    private static function residentBytes(): int
    {
        $status = @file_get_contents('/proc/self/status');

        return $status !== false && preg_match('/^VmRSS:\s+(\d+) kB/m', $status, $match) === 1 ? (int) $match[1] * 1024 : 0;
    }

    private function now(): float
    {
        return $this->clock === null ? hrtime(true) / 1e9 : (float) $this->clock->now()->format('U.u');
    }
}
