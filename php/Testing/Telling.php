<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\TickSummary;

/**
 * Who is told what of a fake, and in which order: actions that have ended, then gaps and events as they came.
 *
 * @internal
 */
final class Telling
{
    public readonly Listeners $listeners;

    /** @var list<callable(ConnectionGap): mixed> */
    private array $gapListeners = [];

    /** @var list<FakePendingAction> what has ended and was not told */
    private array $ended = [];

    /** @var list<AmiEvent|ConnectionGap> what was read and not told: a gap stands behind the old session and before the new one */
    private array $queue = [];

    /** @var list<\Throwable> what listeners and callbacks threw */
    private array $failures = [];

    /** How many of them somebody has looked at. */
    private int $seen = 0;

    /** What must not be swallowed, because a test would then pass that has failed. */
    private ?\Throwable $alarm = null;

    /** @var array{events: int, unheard: int, frames: int, actions: int, attempts: int, failures: int} of this tick */
    private array $counts = ['events' => 0, 'unheard' => 0, 'frames' => 0, 'actions' => 0, 'attempts' => 0, 'failures' => 0];

    public function __construct()
    {
        $this->listeners = new Listeners();
    }

    /** @param callable(ConnectionGap): mixed $listener */
    public function onGap(callable $listener): void
    {
        $this->gapListeners[] = $listener;
    }

    public function ended(FakePendingAction $pending): void
    {
        $this->ended[] = $pending;
    }

    public function gap(ConnectionGap $gap): void
    {
        $this->queue[] = $gap;
    }

    /** @return bool whether anybody listens; else it is gone */
    public function event(AmiEvent $event): bool
    {
        if (!$this->listeners->isHeard($event)) {
            $this->count('unheard');

            return false;
        }
        $this->queue[] = $event;

        return true;
    }

    public function isDone(): bool
    {
        return $this->ended === [] && $this->queue === [];
    }

    /** A tick begins. */
    public function begin(): void
    {
        $this->counts = ['events' => 0, 'unheard' => 0, 'frames' => 0, 'actions' => 0, 'attempts' => 0, 'failures' => 0];
    }

    /** @param 'events'|'unheard'|'frames'|'actions'|'attempts'|'failures' $what */
    public function count(string $what): void
    {
        $this->counts[$what]++;
    }

    public function tell(): void
    {
        do {
            while (($pending = array_shift($this->ended)) !== null) {
                $this->count('actions');
                $pending->tell();
            }
            $next = array_shift($this->queue);
            if ($next instanceof ConnectionGap) {
                foreach ($this->gapListeners as $listener) {
                    $this->attempt(static fn(): mixed => $listener($next));
                }
            } elseif ($next !== null) {
                $this->dispatch($next);
            }
        } while (!$this->isDone());
    }

    public function summary(bool $timeoutClamped): TickSummary
    {
        return new TickSummary(
            framesRead: $this->counts['frames'],
            eventsDispatched: $this->counts['events'],
            eventsUnheard: $this->counts['unheard'],
            actionsCompleted: $this->counts['actions'],
            connectAttempts: $this->counts['attempts'],
            listenerFailures: $this->counts['failures'],
            timeoutClamped: $timeoutClamped,
        );
    }

    /**
     * Calls what must not disturb others.
     *
     * @param \Closure(): mixed $call
     */
    public function attempt(\Closure $call): void
    {
        try {
            $call();
        } catch (\Throwable $thrown) {
            $this->failures[] = $thrown;
            $this->count('failures');
            // An assertion within a listener, a test that is skipped there, or an action that a test did not expect: the test has failed.
            if ($thrown instanceof UnexpectedActionException || is_a($thrown, 'PHPUnit\Exception')) {
                $this->alarm ??= $thrown;
            }
        }
    }

    /** @return list<\Throwable> */
    public function failures(): array
    {
        $this->seen = \count($this->failures);

        return $this->failures;
    }

    /** The first failure that nobody has looked at. */
    public function unseen(): ?\Throwable
    {
        return $this->failures[$this->seen] ?? null;
    }

    public function failed(): int
    {
        return \count($this->failures);
    }

    /** Throws what must not be swallowed, once everything else was told. */
    public function sound(): void
    {
        if ($this->alarm !== null) {
            [$alarm, $this->alarm, $this->seen] = [$this->alarm, null, \count($this->failures)];
            throw $alarm;
        }
    }

    private function dispatch(AmiEvent $event): void
    {
        $this->count('events');
        foreach ($this->listeners->of($event) as $subscription) {
            if ($subscription->isActive()) {
                $this->attempt(static fn() => $subscription->call($event));
            }
        }
    }
}
