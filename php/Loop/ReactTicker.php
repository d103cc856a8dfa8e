<?php

declare(strict_types=1);

namespace Apn\AmiClient\Loop;

use Apn\AmiClient\AmiClientManager;
use React\EventLoop\Loop;
use React\EventLoop\LoopInterface;
use React\EventLoop\TimerInterface;

/** Ticks a manager from ReactPHP's event loop. */
final class ReactTicker extends Ticker
{
    private readonly LoopInterface $loop;

    private ?TimerInterface $timer = null;

    public function __construct(AmiClientManager $manager, ?LoopInterface $loop = null)
    {
        parent::__construct($manager);
        $this->loop = $loop ?? Loop::get();
    }

    protected function watch($stream): void
    {
        $this->loop->addReadStream($stream, $this->onReadable(...));
    }

    protected function unwatch($stream): void
    {
        $this->loop->removeReadStream($stream);
    }

    protected function startTimer(float $seconds): void
    {
        $this->timer = $this->loop->addTimer($seconds, $this->onTimer(...));
    }

    protected function stopTimer(): void
    {
        if ($this->timer !== null) {
            $this->loop->cancelTimer($this->timer);
            $this->timer = null;
        }
    }
}
