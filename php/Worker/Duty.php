<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionGap;

/**
 * Whether this worker is the one at work: always without a leadership, and with one as long as that says so.
 *
 * @internal
 */
final class Duty
{
    /** Between two looks at which servers have become ready after a takeover: health() of many servers is not free. */
    private const float GAP_CHECK_SECONDS = 0.1;

    /** What a lease must have grown by to be told: rounding is nothing new. */
    private const float LEASE_STEP_SECONDS = 0.01;

    /**
     * So shortly before its end a lease is not prolonged any more: the manager's thread may cut the connections between the question
     * and the word of it, and nobody would open them again.
     */
    private const float LEASE_END_SECONDS = 0.05;

    private bool $isAtWork = false;

    private bool $isLeaving = false;

    private float $since = 0.0;

    private ?LastSign $lastSign = null;

    /** @var array<array-key, true> servers whose gap is not told yet */
    private array $untold = [];

    private float $gapCheckAt = 0.0;

    /** Until when the connections may live, as the manager was told. */
    private float $leasedUntil = 0.0;

    /** @var list<\Closure(ConnectionGap): mixed> */
    private array $callbacks = [];

    /** @param \Closure(): float $now seconds of a clock that nobody sets */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly Services $services,
        private readonly Complaints $complaints,
        private readonly \Closure $now,
        private ?Leadership $leadership = null,
    ) {}

    public function onlyWhile(Leadership $leadership): void
    {
        $this->leadership = $leadership;
    }

    /** @param callable(ConnectionGap): mixed $callback */
    public function onTakeover(callable $callback): void
    {
        $this->callbacks[] = $callback(...);
    }

    public function isAtWork(): bool
    {
        return $this->isAtWork;
    }

    /** Seconds since the epoch: when it came to work, or began to stand by. */
    public function since(): float
    {
        return $this->since;
    }

    public function begin(): void
    {
        [$this->isAtWork, $this->isLeaving, $this->since, $this->untold] = [false, false, microtime(true), []];
        $leadership = $this->leadership;
        if ($leadership === null) {
            $this->isAtWork = true;
            $this->manager->connectAll();

            return;
        }
        $this->services->standBy();
        $this->check();
        if (!$this->isAtWork) {
            $this->complaints->log('info', 'worker stands by: another one is at work, or may be', ['leadership' => $leadership->name()]);
        }
    }

    /** Before and after each tick. */
    public function check(): void
    {
        $leadership = $this->leadership;
        if ($leadership === null) {
            return;
        }
        if (!$this->isAtWork) {
            if (!$this->isLeaving && $this->isAcquired($leadership)) {
                $this->takeOver($leadership);
            }
        } elseif ($this->isHeld($leadership) && ($this->now)() < $this->leasedUntil - self::LEASE_END_SECONDS) {
            $this->lease($leadership);
            $this->tellGaps();
        } else {
            // Or it was prolonged too late, and the manager has cut the connections meanwhile.
            $this->standDown($leadership);
        }
    }

    /** The worker is about to leave: it takes nothing over any more. */
    public function resign(): void
    {
        $this->isLeaving = true;
    }

    /** No more servers are open, or will be: the next worker may begin. */
    public function leave(): void
    {
        $this->resign();
        if ($this->leadership !== null && $this->isAtWork) {
            $this->isAtWork = false;
            try {
                $this->leadership->release($this->backlogSeconds());
            } catch (\Throwable $thrown) {
                $this->complaints->add('leadership', 'the worker could not release its leadership; the next one waits for its end', $thrown);
            }
        }
    }

    /** The worker ends without a goodbye: nothing may be open once another one begins. */
    public function abandon(): void
    {
        if ($this->leadership !== null && $this->isAtWork) {
            $this->manager->terminate();
        }
        $this->leave();
    }

    private function isHeld(Leadership $leadership): bool
    {
        try {
            return $leadership->hold($this->backlogSeconds(...));
        } catch (\Throwable $thrown) {
            $this->complaints->add('leadership', 'the worker could not keep its leadership', $thrown, ['leadership' => $leadership->name()]);

            return false;
        }
    }

    private function isAcquired(Leadership $leadership): bool
    {
        try {
            return $leadership->acquire();
        } catch (\Throwable $thrown) {
            $this->complaints->add('leadership', 'the worker could not ask for its leadership', $thrown, ['leadership' => $leadership->name()]);

            return false;
        }
    }

    private function takeOver(Leadership $leadership): void
    {
        [$this->isAtWork, $this->since] = [true, microtime(true)];
        try {
            $this->lastSign = $leadership->lastSign();
        } catch (\Throwable $thrown) {
            $this->lastSign = null;
            $this->complaints->add('leadership', 'the worker does not know who was at work before', $thrown, ['leadership' => $leadership->name()]);
        }
        $this->untold = $this->lastSign === null ? [] : array_map(static fn(): bool => true, $this->manager->health());
        $this->complaints->log('notice', 'worker takes over', [
            'leadership' => $leadership->name(),
            'before' => $this->lastSign?->worker,
            'before_left' => $this->lastSign?->isOrderly,
            'before_until' => $this->lastSign?->from,
        ]);
        $this->leasedUntil = 0.0;
        $this->lease($leadership);
        $this->manager->connectAll();
        $this->services->takeOver();
    }

    /** The manager is told when it was prolonged, not in each tick. */
    private function lease(Leadership $leadership): void
    {
        $seconds = $leadership->leaseSeconds();
        $until = ($this->now)() + $seconds;
        if ($until > $this->leasedUntil + self::LEASE_STEP_SECONDS) {
            $this->leasedUntil = $until;
            $this->manager->lease(max(0, (int) ($seconds * 1000)));
        }
    }

    private function standDown(Leadership $leadership): void
    {
        // First of all: somebody else may connect in a moment.
        $this->manager->terminate();
        [$this->isAtWork, $this->since, $this->untold] = [false, microtime(true), []];
        $this->services->standBy();
        $this->complaints->log('error', 'worker lost its leadership: its connections are cut, and it stands by', ['leadership' => $leadership->name()]);
    }

    private function tellGaps(): void
    {
        $sign = $this->lastSign;
        if ($this->untold === [] || $sign === null || ($this->now)() < $this->gapCheckAt) {
            return;
        }
        $this->gapCheckAt = ($this->now)() + self::GAP_CHECK_SECONDS;
        $health = $this->manager->health();
        // What was removed meanwhile has no gap any more.
        $this->untold = array_intersect_key($this->untold, $health);
        foreach (array_keys($this->untold) as $key) {
            if (\in_array($health[$key]['state']->value, ['ready', 'degraded'], true)) {
                unset($this->untold[$key]);
                $this->tell($sign, strval($key), $health[$key]['since']);
            }
        }
    }

    private function tell(LastSign $sign, string $key, float $to): void
    {
        $gap = new ConnectionGap(
            $key,
            $from = min($sign->from, $to),
            $to,
            'takeover',
            "the listener before ($sign->worker) " . ($sign->isOrderly ? 'left' : 'gave no sign of life any more') . ($sign->isEstimated ? '; since when is by its own clock' : ''),
        );
        $this->complaints->log('warning', 'events of a server were missed between two workers', [
            'server_key' => $key, 'before' => $sign->worker, 'before_left' => $sign->isOrderly, 'from' => $from, 'to' => $to, 'away_ms' => (int) round(($to - $from) * 1000),
        ]);
        $this->services->hearTakeover($gap);
        foreach ($this->callbacks as $callback) {
            try {
                $callback($gap);
            } catch (\Throwable $thrown) {
                $this->complaints->add('onTakeover', 'a callback of the worker threw; the others are called', $thrown, ['callback' => 'onTakeover']);
            }
        }
    }

    private function backlogSeconds(): float
    {
        return max($this->services->backlogSeconds(), $this->manager->clusterHealth()['event_lag_ms'] / 1000);
    }
}
