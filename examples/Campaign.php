<?php

declare(strict_types=1);

namespace Apn\AmiClient\Examples;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\BackpressureException;
use Apn\AmiClient\InvalidConnectionStateException;

/**
 * Places calls at a steady rate, and never has more of them undecided than it may.
 *
 * Who calls tick() calls pump() beside it. A call is in flight from its Originate until its OriginateResponse: what waits
 * for a phone to be picked up is bounded by the cap, whatever the rate.
 */
final class Campaign
{
    /** What a pause has put off is not made up for at once: this many seconds of the rate at most. */
    private const float MOST_CATCH_UP = 0.05;

    public private(set) int $placed = 0;

    public private(set) int $inFlight = 0;

    /** Calls that may go out now. */
    private float $allowance = 0.0;

    private float $refilled;

    private bool $isStopped = false;

    /**
     * @param \Iterator<mixed, Originate> $calls taken one by one, when one may go out
     * @param \Closure(Originate, ?\Throwable, float): mixed $finished with null once the call was answered; with an
     *     ActionErrorResponseException where it did not come about; with anything else where that is not known. And with
     *     the seconds that it took
     */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly \Iterator $calls,
        private readonly float $perSecond,
        private readonly int $mostInFlight,
        private readonly \Closure $finished,
    ) {
        $this->refilled = microtime(true);
        $calls->rewind();
    }

    /** Places the calls that are due. */
    public function pump(): void
    {
        $now = microtime(true);
        $most = max(1.0, $this->perSecond * self::MOST_CATCH_UP);
        $this->allowance = min($most, $this->allowance + ($now - $this->refilled) * $this->perSecond);
        $this->refilled = $now;
        while (!$this->isStopped && $this->allowance >= 1.0 && $this->inFlight < $this->mostInFlight && $this->calls->valid()) {
            if (!$this->place($this->calls->current())) {
                return;
            }
            $this->allowance--;
            $this->calls->next();
        }
    }

    /** Places no more. Those in flight end as they do. */
    public function stop(): void
    {
        $this->isStopped = true;
    }

    public function isDone(): bool
    {
        return $this->inFlight === 0 && ($this->isStopped || !$this->calls->valid() || $this->manager->shutdownReason() !== null);
    }

    /** Whether it went out; if not, it is the first of the next round. */
    private function place(Originate $call): bool
    {
        try {
            $pending = $this->manager->send($call);
        } catch (BackpressureException|InvalidConnectionStateException) {
            // Nothing was sent. No server is ready, or those that are have enough to do.
            return false;
        }
        $this->placed++;
        $this->inFlight++;
        $placed = microtime(true);
        $pending->onComplete(function (?\Throwable $error) use ($call, $placed): void {
            $this->inFlight--;
            ($this->finished)($call, $error, microtime(true) - $placed);
        });

        return true;
    }
}
