<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Http\Endpoint;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Log\JsonLinesLogger;
use Apn\AmiClient\TickSummary;
use Psr\Clock\ClockInterface;
use Psr\Log\LoggerInterface;

/**
 * The loop of a process that listens: connects, ticks until something ends it, says goodbye to every server.
 *
 * It knows no framework. SIGTERM and SIGINT only set a flag, and end the wait of a tick; no pcntl is needed for that. A
 * second one while closing cuts the goodbye short. They are the manager's only signal handler while this runs.
 *
 * In leaving it tells its services to take nothing more in, waits for the answers of actions that are under way, says goodbye, hands
 * out the events that had come by then, and lets the services hand on what they have: all of it within `closeSeconds`.
 */
final class Listener
{
    private const int MEMORY_CHECK_SECONDS = 1;

    /** What a logger of lines gets at the end, for what still waits. */
    private const float FLUSH_SECONDS = 1.0;

    /** A tick waits no longer while an answer of the endpoint is on its way to somebody who takes it in parts. */
    private const int BUSY_TICK_MS = 5;

    /** Nor in leaving: what is waited for there is not always seen by a tick. */
    private const int LEAVING_TICK_MS = 20;

    /** The share of closeSeconds that is over when answers are not waited for any more: an Originate may take minutes. */
    private const float ANSWERS_SHARE = 0.5;

    /** And when the servers are cut off, so that services have something left to hand on what they have. */
    private const float GOODBYE_SHARE = 0.8;

    private bool $isStopping = false;

    private bool $isLeaving = false;

    private ?int $signal = null;

    private int $signals = 0;

    private int $ticks = 0;

    private float $start = 0.0;

    private float $memoryCheckAt = 0.0;

    private float $leavingSince = 0.0;

    /** Signals that had come before it began to leave. */
    private int $signalsBefore = 0;

    /** Most milliseconds that the next tick may wait for the services' sake. */
    private ?int $wish = null;

    private ?Endpoint $endpoint = null;

    /** @var list<callable(TickSummary): mixed> */
    private array $callbacks = [];

    /** @var list<array{\Closure(): bool, StopReason}> */
    private array $reasons = [];

    private readonly Services $services;

    private readonly Complaints $complaints;

    private readonly Duty $duty;

    /**
     * @param ClockInterface|null $clock null for the system's monotonic clock, which nobody sets
     * @param int $tickTimeoutMs most milliseconds that an idle tick waits; a tick takes at most 250
     * @param float $closeSeconds most seconds that leaving may take, goodbye and services together
     */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly Limits $limits = new Limits(),
        private readonly ?LoggerInterface $logger = null,
        private readonly ?ClockInterface $clock = null,
        private readonly int $tickTimeoutMs = 100,
        private readonly float $closeSeconds = 5.0,
    ) {
        $this->complaints = new Complaints($this->now(...), $logger);
        $this->services = new Services($this->now(...), $this->complaints);
        $this->duty = new Duty($manager, $this->services, $this->complaints, $this->now(...));
    }

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

    /**
     * Has these do their work between the ticks, each kept from the others. A worker with services runs once.
     *
     * @throws InvalidConfigurationException where two have one name
     */
    public function with(Service ...$services): self
    {
        foreach ($services as $service) {
            $this->services->add($service);
        }

        return $this;
    }

    /** Connects only while this worker is the one at work, and else stands by with nothing connected. */
    public function onlyWhile(Leadership $leadership): self
    {
        $this->duty->onlyWhile($leadership);

        return $this;
    }

    /**
     * Calls back once for each server when this worker took over from another one and the server is ready.
     *
     * @param callable(ConnectionGap): mixed $callback what it throws is logged
     */
    public function onTakeover(callable $callback): self
    {
        $this->duty->onTakeover($callback);

        return $this;
    }

    /**
     * Ends the loop as soon as this says true. It is asked after each tick, so that it should limit itself where asking costs something.
     *
     * @param callable(): bool $when what it throws is logged at most once a second, and taken for false
     */
    public function stopWhen(callable $when, StopReason $reason = StopReason::Restart): self
    {
        $this->reasons[] = [$when(...), $reason];

        return $this;
    }

    /** Ends the loop after the tick that runs; the goodbye follows. May be called from listeners, callbacks and services. */
    public function stop(): void
    {
        $this->isStopping = true;
    }

    /** @return 'active'|'standby'|'leaving' */
    public function state(): string
    {
        return match (true) {
            $this->isLeaving => 'leaving',
            $this->duty->isAtWork() => 'active',
            default => 'standby',
        };
    }

    /**
     * How it is, for status and metrics.
     *
     * @return array{state: 'active'|'standby'|'leaving', since: float, ticks: int, seconds: float,
     *     services: array<string, array<string, int|float|string|bool|null|array<string, int>>>} `since` when it came to work or
     *     began to stand by, in seconds since the epoch; `seconds` for how long it runs
     */
    public function snapshot(): array
    {
        return [
            'state' => $this->state(),
            'since' => $this->duty->since(),
            'ticks' => $this->ticks,
            'seconds' => $this->now() - $this->start,
            'services' => $this->services->stats(),
        ];
    }

    /** Connects all servers and ticks until a signal, stop() or a limit; closes them, and returns. */
    public function run(): Outcome
    {
        $this->start = $this->now();
        [$this->isStopping, $this->isLeaving, $this->signal, $this->signals, $this->ticks, $this->wish] = [false, false, null, 0, 0, null];
        $this->memoryCheckAt = $this->start;
        $hasBegun = false;
        $this->endpoint?->open();
        $this->manager->registerSignalHandlers(function (int $signal): void {
            $this->signal ??= $signal;
            $this->signals++;
        });
        try {
            $this->services->start($this->manager);
            $hasBegun = true;
            $this->duty->begin();
            $this->complaints->log('info', 'worker started');
            do {
                $this->tick($this->tickTimeoutMs);
                $this->ticks++;
                $reason = $this->reasonToStop();
            } while ($reason === null);
            $this->complaints->log('info', 'worker stops', ['reason' => $reason->value]);
            $outcome = $this->leave($reason);
            $hasBegun = false;
            $this->complaints->finish();
            if ($this->logger instanceof JsonLinesLogger) {
                $this->logger->flush(self::FLUSH_SECONDS);
            }
        } finally {
            if ($hasBegun) {
                $this->abandon();
            }
            $this->manager->registerSignalHandlers(null);
            $this->endpoint?->close();
        }

        return $outcome;
    }

    private function tick(int $timeoutMs): void
    {
        // The process may have been stopped, or a callback have taken long: then what there is to read is another worker's by now.
        $this->duty->check();
        $timeoutMs = min($timeoutMs, $this->wish ?? $timeoutMs, $this->endpoint?->isBusy() === true ? self::BUSY_TICK_MS : $timeoutMs);
        $summary = $this->manager->tickAll($timeoutMs);
        if ($this->logger instanceof JsonLinesLogger) {
            $this->logger->flush();
        }
        $this->duty->check();
        $this->wish = $this->services->poll();
        $this->endpoint?->poll();
        foreach ($this->callbacks as $callback) {
            $callback($summary);
        }
        // The application's own handlers, for other signals.
        if (\function_exists('pcntl_signal_dispatch')) {
            pcntl_signal_dispatch();
        }
    }

    private function reasonToStop(): ?StopReason
    {
        return match (true) {
            $this->signal !== null => StopReason::Signal,
            $this->isStopping => StopReason::Asked,
            $this->manager->shutdownReason() !== null => StopReason::MemoryLimit,
            $this->limits->ticks !== null && $this->ticks >= $this->limits->ticks => StopReason::Ticks,
            $this->limits->seconds !== null && $this->now() - $this->start >= $this->limits->seconds => StopReason::Seconds,
            $this->isTooBig() => StopReason::Memory,
            default => $this->reasonOfOthers(),
        };
    }

    private function reasonOfOthers(): ?StopReason
    {
        foreach ($this->reasons as [$when, $reason]) {
            try {
                if ($when()) {
                    return $reason;
                }
            } catch (\Throwable $thrown) {
                $this->complaints->add('stopWhen', 'what may stop the worker threw; it goes on', $thrown);
            }
        }

        return null;
    }

    private function leave(StopReason $reason): Outcome
    {
        [$this->isLeaving, $this->leavingSince, $this->signalsBefore] = [true, $this->now(), $this->signals];
        $this->duty->resign();
        $this->services->stop();
        $this->tickWhile(self::ANSWERS_SHARE, fn(): bool => $this->manager->clusterHealth()['pending_actions'] > 0);

        $this->manager->close();
        $this->tickWhile(self::GOODBYE_SHARE, fn(): bool => $this->openServers() !== [] || $this->queuedEvents() > 0);
        $unclosed = $this->openServers();
        if ($unclosed !== []) {
            $this->manager->terminate();
            // What that has to say to callbacks and to the manager's logger.
            $this->tick(0);
            $this->complaints->log('warning', 'servers were left without a goodbye', ['server_keys' => $unclosed]);
        }
        $this->duty->leave();

        $this->tickWhile(1.0, fn(): bool => $this->queuedEvents() > 0 || $this->services->areBusy());
        $lost = $this->services->finish();
        $eventsLost = $this->queuedEvents();
        if ($lost !== [] || $eventsLost > 0) {
            $this->complaints->log('error', 'worker left something behind: its time to leave was over', ['lost' => $lost, 'events' => $eventsLost]);
        }

        return new Outcome($reason, $this->ticks, $this->now() - $this->start, $unclosed, $this->signal, $lost, $eventsLost);
    }

    /**
     * @param float $share of closeSeconds, when it is over at the latest; a further signal ends it at once
     * @param \Closure(): bool $hasToWait
     */
    private function tickWhile(float $share, \Closure $hasToWait): void
    {
        $until = $this->leavingSince + $this->closeSeconds * $share;
        while ($this->signals === $this->signalsBefore && $this->now() < $until && $hasToWait()) {
            $this->tick(min($this->tickTimeoutMs, self::LEAVING_TICK_MS));
        }
    }

    /** A callback threw, and ends it all: what the services have is counted, and whoever stands by need not wait. */
    private function abandon(): void
    {
        $this->services->stop();
        $lost = $this->services->finish();
        if ($lost !== []) {
            $this->complaints->log('error', 'worker left something behind: it was ended by an exception', ['lost' => $lost]);
        }
        $this->duty->abandon();
        $this->complaints->finish();
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

    private function queuedEvents(): int
    {
        return $this->manager->clusterHealth()['queued_events'];
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
