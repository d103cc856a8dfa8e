<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Standby;

use Apn\AmiClient\Laravel\Standby\CacheLeadership;
use Illuminate\Cache\Repository;
use Illuminate\Contracts\Cache\Lock;
use Illuminate\Contracts\Cache\LockProvider;
use Illuminate\Support\Carbon;
use Psr\Log\LoggerInterface;

/** One of several workers, on a machine whose wall clock goes wrong by so much; all of them share the test's time. */
final class Peer
{
    public readonly CacheLeadership $leadership;

    /** What a worker believes, between two ticks. */
    public bool $isAtWork = false;

    /**
     * @param \Closure(): float $now
     * @param (\Closure(): mixed)|null $trouble called whenever the store is asked
     */
    public function __construct(
        Repository $cache,
        private readonly \Closure $now,
        int $seconds,
        private readonly float $ahead = 0.0,
        ?LoggerInterface $logger = null,
        private ?\Closure $trouble = null,
    ) {
        $store = $cache->getStore();
        \assert($store instanceof LockProvider);
        $locks = function (int $seconds, string $owner) use ($store): Lock {
            $this->ask();

            return $store->lock('standby', $seconds, $owner);
        };
        $this->leadership = new CacheLeadership($locks, new FragileRepository($cache->getStore(), fn() => $this->ask()), 'standby', $seconds, $logger, $now);
    }

    /** As a worker does before and after each tick. */
    public function check(): void
    {
        $this->onItsClock(function (): void {
            try {
                $this->isAtWork = $this->isAtWork ? $this->leadership->hold(static fn(): float => 0.0) : $this->leadership->acquire();
            } catch (\RuntimeException) {
                $this->isAtWork = false;
            }
        });
    }

    public function leave(float $backlogSeconds): void
    {
        $this->isAtWork = false;
        $this->onItsClock(fn() => $this->leadership->release($backlogSeconds));
    }

    public function trouble(?\Closure $trouble): void
    {
        $this->trouble = $trouble;
    }

    /** @param \Closure(): mixed $act */
    private function onItsClock(\Closure $act): void
    {
        Carbon::setTestNow(Carbon::createFromTimestamp(1_800_000_000 + ($this->now)() + $this->ahead));
        try {
            $act();
        } finally {
            Carbon::setTestNow();
        }
    }

    private function ask(): void
    {
        if ($this->trouble !== null) {
            ($this->trouble)();
        }
    }
}
