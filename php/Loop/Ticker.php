<?php

declare(strict_types=1);

namespace Apn\AmiClient\Loop;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ForkedProcessException;
use Apn\AmiClient\ReentrancyException;

/**
 * Ticks a manager from an event loop that is not its own: when its stream is readable, or its next timer is due, and at no
 * other time.
 *
 * Sending, opening and closing outside of a tick make the stream readable; nobody has to tell this about them.
 */
abstract class Ticker
{
    /** Seconds until a tick is tried again that another one, suspended in a fiber, stands in the way of. */
    private const float RETRY_SECONDS = 0.01;

    /** Ticks so far. */
    public private(set) int $ticks = 0;

    /** @var resource|null while started */
    private $stream = null;

    private bool $isWatching = false;

    private bool $isTicking = false;

    private bool $isClosing = false;

    /** When the timer fires, on the monotonic clock, in nanoseconds. */
    private ?float $timerAt = null;

    public function __construct(protected readonly AmiClientManager $manager) {}

    /** Takes up the work. The loop runs for as long as this is not stopped. */
    final public function start(): static
    {
        if ($this->stream === null) {
            $this->stream = $this->manager->stream();
            $this->resume();
        }

        return $this;
    }

    /** Leaves the loop. What is pending stays as it is; start() goes on with it. */
    final public function stop(): void
    {
        $this->pause();
        $this->stream = null;
        $this->isClosing = false;
    }

    /** Says goodbye to all servers, and leaves the loop when that is done: after two seconds at most. */
    final public function close(): void
    {
        $this->manager->close();
        if ($this->stream !== null) {
            $this->isClosing = true;
            $this->setTimer();
        }
    }

    /** @param resource $stream calls onReadable() whenever it is readable, from now on */
    abstract protected function watch($stream): void;

    /** @param resource $stream the one that is watched */
    abstract protected function unwatch($stream): void;

    /** Calls onTimer() once after so many seconds. No timer is set when this is called. */
    abstract protected function startTimer(float $seconds): void;

    /** Forgets the timer, fired or not. */
    abstract protected function stopTimer(): void;

    final protected function onReadable(): void
    {
        if ($this->isTicking) {
            // A listener has suspended its fiber within the tick, and the stream may be readable all the while.
            $this->pause();

            return;
        }
        $this->tick();
    }

    final protected function onTimer(): void
    {
        $this->forgetTimer();
        if (!$this->isTicking) {
            $this->tick();
        }
    }

    final protected function isTicking(): bool
    {
        return $this->isTicking;
    }

    private function tick(): void
    {
        $this->isTicking = true;
        $this->ticks++;
        $isRefused = false;
        try {
            // Where the manager shuts down by itself, the loop is let go when that is done, as after close().
            $this->isClosing = $this->manager->pollAll()->stopping !== null || $this->isClosing;
        } catch (ReentrancyException) {
            $isRefused = true;
        } catch (ForkedProcessException $error) {
            $this->stop();
            throw $error;
        } finally {
            $this->isTicking = false;
            $isRefused ? $this->retry() : $this->resume();
        }
    }

    private function resume(): void
    {
        if ($this->stream === null) {
            return;
        }
        if (!$this->isWatching) {
            $this->isWatching = true;
            $this->watch($this->stream);
        }
        $this->setTimer();
    }

    private function pause(): void
    {
        if ($this->isWatching && $this->stream !== null) {
            $this->isWatching = false;
            $this->unwatch($this->stream);
        }
        $this->forgetTimer();
    }

    /** A tick goes on that is not of this: the one of a call() or await() whose listener has suspended its fiber. */
    private function retry(): void
    {
        $this->pause();
        if ($this->stream !== null) {
            $this->timerAt = hrtime(true) + self::RETRY_SECONDS * 1e9;
            $this->startTimer(self::RETRY_SECONDS);
        }
    }

    private function setTimer(): void
    {
        $milliseconds = $this->manager->nextTimerMs();
        if ($milliseconds === null) {
            // No server is open any more, and nothing waits.
            $this->isClosing ? $this->stop() : $this->forgetTimer();

            return;
        }
        $at = hrtime(true) + $milliseconds * 1e6;
        // One that is set for earlier finds nothing to do then, and costs less than a new timer after each tick.
        if ($this->timerAt === null || $this->timerAt > $at) {
            $this->forgetTimer();
            $this->timerAt = $at;
            $this->startTimer($milliseconds / 1000);
        }
    }

    private function forgetTimer(): void
    {
        if ($this->timerAt !== null) {
            $this->timerAt = null;
            $this->stopTimer();
        }
    }
}
