<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Illuminate\Contracts\Cache\Repository;
use Psr\Log\LoggerInterface;

/**
 * What `ami:restart` leaves in the cache, and every listener looks at about once a second: as `queue:restart` and its workers do.
 *
 * A cache that fails or is slow is asked less often, and nobody is restarted by that.
 */
final class RestartSignal
{
    private const string KEY = 'ami-client:restart';

    private const float SECONDS = 1.0;

    /** An answer that takes longer is a cache in trouble, and the loop must not wait for it each second. */
    private const float SLOW_SECONDS = 0.5;

    /** Between two looks at a cache in trouble. */
    private const float PAUSE_SECONDS = 30.0;

    private mixed $atStart = null;

    private bool $isKnown = false;

    private bool $isInTrouble = false;

    private float $nextAt = 0.0;

    /** @param (\Closure(): float)|null $now seconds of a clock that nobody sets; null for the system's */
    public function __construct(
        private readonly Repository $cache,
        private readonly ?LoggerInterface $logger = null,
        private readonly ?\Closure $now = null,
    ) {}

    /** Restarts all listeners that share this cache. */
    public function send(): void
    {
        // Not the second alone, as for queues: two within one second are two.
        $this->cache->forever(self::KEY, sprintf('%.6F', microtime(true)));
    }

    /** Whether it was sent since this was first asked. */
    public function __invoke(): bool
    {
        $now = $this->now();
        if ($now < $this->nextAt) {
            return false;
        }
        $this->nextAt = $now + self::SECONDS;
        try {
            $value = $this->cache->get(self::KEY);
        } catch (\Throwable $thrown) {
            $this->trouble('the cache cannot be asked for a restart signal; the listener goes on', $thrown);

            return false;
        }
        if (!$this->isKnown) {
            [$this->isKnown, $this->atStart] = [true, $value];
        }
        if ($this->now() - $now > self::SLOW_SECONDS) {
            $this->trouble('the cache is slow to answer for a restart signal, and holds the listener up', null);
        } else {
            $this->isInTrouble = false;
        }

        // One that is gone was cleared with the cache, and restarts nobody.
        return $value !== null && $value !== $this->atStart;
    }

    private function trouble(string $message, ?\Throwable $thrown): void
    {
        $this->nextAt = $this->now() + self::PAUSE_SECONDS;
        if (!$this->isInTrouble) {
            $this->isInTrouble = true;
            $this->logger?->warning($message, ['worker_pid' => getmypid(), ...($thrown === null ? [] : ['exception' => $thrown])]);
        }
    }

    private function now(): float
    {
        return $this->now === null ? hrtime(true) / 1e9 : ($this->now)();
    }
}
