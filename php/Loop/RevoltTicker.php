<?php

declare(strict_types=1);

namespace Apn\AmiClient\Loop;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\PendingAction;
use Revolt\EventLoop;
use Revolt\EventLoop\Driver;

/** Ticks a manager from Revolt's event loop, which is Amp's, too. */
final class RevoltTicker extends Ticker
{
    private readonly Driver $loop;

    private ?string $watcher = null;

    private ?string $timer = null;

    /** @var \Fiber<mixed, mixed, mixed, mixed>|null the one that ticks */
    private ?\Fiber $fiber = null;

    public function __construct(AmiClientManager $manager, ?Driver $loop = null)
    {
        parent::__construct($manager);
        $this->loop = $loop ?? EventLoop::getDriver();
    }

    /**
     * Suspends the fiber that asks until an action has ended, while the loop goes on with everything else.
     *
     * @return AmiResponse what PendingAction::await() returns
     *
     * @throws AmiException what PendingAction::await() throws; in a listener, which the tick waits for, that it cannot
     *     be waited there
     */
    public function await(PendingAction $action): AmiResponse
    {
        $isInTick = $this->isTicking() && \Fiber::getCurrent() === $this->fiber;
        if (!$isInTick && !$action->isComplete()) {
            $suspension = $this->loop->getSuspension();
            $action->onComplete(static fn() => $suspension->resume());
            $suspension->suspend();
        }

        return $action->await();
    }

    protected function watch($stream): void
    {
        $this->watcher = $this->loop->onReadable($stream, $this->inFiber($this->onReadable(...)));
    }

    protected function unwatch($stream): void
    {
        if ($this->watcher !== null) {
            $this->loop->cancel($this->watcher);
            $this->watcher = null;
        }
    }

    protected function startTimer(float $seconds): void
    {
        $this->timer = $this->loop->delay($seconds, $this->inFiber($this->onTimer(...)));
    }

    protected function stopTimer(): void
    {
        if ($this->timer !== null) {
            $this->loop->cancel($this->timer);
            $this->timer = null;
        }
    }

    /** @param \Closure(): void $ready */
    private function inFiber(\Closure $ready): \Closure
    {
        return function () use ($ready): void {
            if (!$this->isTicking()) {
                $this->fiber = \Fiber::getCurrent();
            }
            $ready();
        };
    }
}
