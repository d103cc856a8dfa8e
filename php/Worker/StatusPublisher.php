<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

use Apn\AmiClient\Contracts\AmiClientManager;

/**
 * Tells every few seconds how the worker is, to whoever keeps that for `ami:status` and the like: also while it stands by. Who looks after a
 * start or a takeover is not told what was: a change is told within a second.
 *
 * Telling may fail or take long, as a cache may be down: what takes long is told less often. A refusal costs nothing, and who
 * looks when the cache is back shall not take this worker for a dead one.
 */
final class StatusPublisher implements Service
{
    /** Telling that takes longer is a target in trouble, and the loop must not wait for it every few seconds. */
    private const float SLOW_SECONDS = 0.5;

    /** Between two looks at whether something has changed. */
    private const float LOOK_SECONDS = 1.0;

    /** The pause after telling is so many times as long as that took: it has a tenth of the loop's time at most. */
    private const float PAUSE_TIMES = 10.0;

    /** That pause is two intervals and so many seconds at most: one that misses three and some more is called silent. */
    private const float LONGEST_PAUSE_EXTRA_SECONDS = 5.0;

    private ?AmiClientManager $manager = null;

    private float $nextAt = 0.0;

    private float $lookAt = 0.0;

    /** Whether it is at work, and how many servers can be used, when that was last told. */
    private string $toldState = '';

    private int $told = 0;

    private int $failed = 0;

    private int $slow = 0;

    private bool $isInTrouble = false;

    /** Random, so that a process id that is used again is no worker that came back. */
    private readonly string $instance;

    /**
     * @param Listener $worker whose snapshot() it is
     * @param \Closure(WorkerStatus): mixed $tell keeps it
     * @param \Closure(string): mixed $forget called with the instance when the worker has left
     * @param float $seconds between two times
     * @param (\Closure(): float)|null $clock seconds, of a clock that nobody sets
     */
    public function __construct(
        private readonly Listener $worker,
        private readonly \Closure $tell,
        private readonly \Closure $forget,
        private readonly float $seconds = 5.0,
        private readonly ?\Closure $clock = null,
    ) {
        $this->instance = bin2hex(random_bytes(8));
    }

    public function name(): string
    {
        return 'status';
    }

    public function start(AmiClientManager $manager): void
    {
        $this->manager = $manager;
    }

    public function poll(): int
    {
        $now = $this->now();
        if ($this->manager !== null && ($now >= $this->nextAt || ($now >= $this->lookAt && !$this->isInTrouble && $this->state($this->manager) !== $this->toldState))) {
            $this->tell($this->manager, $now);
        }
        if ($now >= $this->lookAt) {
            $this->lookAt = $now + self::LOOK_SECONDS;
        }

        return (int) ceil(max(0.0, min($this->nextAt, $this->lookAt) - $this->now()) * 1000);
    }

    /** Leaving is told at once: it may take seconds. */
    public function stop(): void
    {
        if (!$this->isInTrouble) {
            $this->nextAt = 0.0;
        }
    }

    public function isBusy(): bool
    {
        return false;
    }

    public function finish(): array
    {
        if (!$this->isInTrouble) {
            ($this->forget)($this->instance);
        }

        return [];
    }

    public function stats(): array
    {
        return ['told' => $this->told, 'failed' => $this->failed, 'slow' => $this->slow];
    }

    private function state(AmiClientManager $manager): string
    {
        $usable = $manager->clusterHealth()['usable'] ?? null;

        return $this->worker->state() . ' ' . (\is_int($usable) ? $usable : '?');
    }

    private function tell(AmiClientManager $manager, float $now): void
    {
        try {
            ($this->tell)(WorkerStatus::of($this->instance, $this->worker->snapshot(), $manager));
            $this->told++;
            $this->toldState = $this->state($manager);
            $this->isInTrouble = $this->now() - $now > self::SLOW_SECONDS;
            $this->slow += $this->isInTrouble ? 1 : 0;
        } catch (\Throwable $thrown) {
            $this->isInTrouble = true;
            $this->failed++;
            throw $thrown;
        } finally {
            $end = $this->now();
            $this->nextAt = max($now + $this->seconds, $end + min(self::PAUSE_TIMES * ($end - $now), 2 * $this->seconds + self::LONGEST_PAUSE_EXTRA_SECONDS));
        }
    }

    private function now(): float
    {
        return $this->clock === null ? hrtime(true) / 1e9 : ($this->clock)();
    }
}
