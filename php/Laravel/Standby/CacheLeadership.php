<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Standby;

use Apn\AmiClient\Worker\LastSign;
use Apn\AmiClient\Worker\Leadership;
use Illuminate\Contracts\Cache\Lock;
use Illuminate\Contracts\Cache\Repository;
use Psr\Log\LoggerInterface;

/**
 * One worker of several is at work: the one that has a lock of the application's cache.
 *
 * The lock runs out by itself, and is prolonged several times before. Who could not prolong it stops well before it runs out, by the
 * clock of its own machine that nobody sets: whoever takes over finds nobody at work.
 *
 * Beside the lock lies a sign of life, which changes each time the lock is prolonged. Who stands by watches it, and tries for the lock
 * only when it has not changed for as long as the other one may go on without prolonging. So a store that goes by the clocks of the
 * machines (database, file) cannot be tricked by one that is ahead into giving the lock away early. And it says until when what was read
 * had been handed on: there begins the gap that the next one tells.
 */
final class CacheLeadership implements Leadership
{
    /** The lock runs out so much before standbySeconds: the time in which the other one finds that out. */
    private const int FINDING_SECONDS = 1;

    /** Who is at work stops so much before the lock runs out: stores count whole seconds, and cutting connections takes a moment. */
    private const float MARGIN_SECONDS = 1.5;

    /** Of the time that is left without prolonging, when it is prolonged: three tries, at least. */
    private const float RENEW_SHARE = 0.3;

    /** MySQL does not count a row as updated where the second that it runs out in is the same as before. */
    private const float LEAST_RENEW_SECONDS = 1.0;

    /** Who starts where there is no sign waits for one for longer than this, in case the cache was just cleared. */
    private const float MOST_RENEW_SECONDS = 4.0;

    /** Between two tries, for the lock while standing by, and to prolong it after one that failed. */
    private const float TRY_SECONDS = 0.4;

    /** A wall clock that is set by more is a reason to ask at once whether the lock is still one's own. */
    private const float JUMP_SECONDS = 0.5;

    /** The sign of a worker that is gone is told of after a long weekend, too. */
    private const int SIGN_SECONDS = 2_592_000;

    /** Under this there is no time left in which to prolong. */
    public const int LEAST_SECONDS = 5;

    /** Who this is, to the lock and in the sign. */
    private readonly string $owner;

    private ?Lock $lock = null;

    /** By hrtime, as all moments here: until when this one may be at work without prolonging. */
    private float $until = 0.0;

    private float $renewAt = 0.0;

    private float $tryAt = 0.0;

    private int $signs = 0;

    private Watch $watch;

    private bool $isInTrouble = false;

    /** The wall clock less the other one, when last looked at. */
    private ?float $offset = null;

    /**
     * @param \Closure(int $seconds, string $owner): Lock $locks makes the lock
     * @param Repository $cache the store of the lock, for the sign of life
     * @param string $name of the lock, and what the sign's key begins with
     * @param int $standbySeconds after how many another one takes over from one that died, from 5
     * @param (\Closure(): float)|null $now seconds of a clock that nobody sets; null for the system's
     */
    public function __construct(
        private readonly \Closure $locks,
        private readonly Repository $cache,
        private readonly string $name,
        private readonly int $standbySeconds,
        private readonly ?LoggerInterface $logger = null,
        private readonly ?\Closure $now = null,
    ) {
        if ($standbySeconds < self::LEAST_SECONDS) {
            throw new \InvalidArgumentException('standbySeconds must be at least ' . self::LEAST_SECONDS . ", but is $standbySeconds");
        }
        $this->owner = bin2hex(random_bytes(16));
        $this->watch = new Watch();
    }

    public function name(): string
    {
        return $this->name;
    }

    public function acquire(): bool
    {
        $before = $this->now();
        if ($before < $this->tryAt) {
            return false;
        }
        $this->tryAt = $before + self::TRY_SECONDS;
        if (!$this->watch->look($this->sign(), $this->owner, $before, $this->fullLeaseSeconds() + self::MARGIN_SECONDS / 2, $this->renewSeconds() + 2 * self::TRY_SECONDS)) {
            return false;
        }
        $lock = $this->lock ??= ($this->locks)($this->ttl(), $this->owner);
        // It is still one's own after a pause that was too long to be at work in, and too short for the lock.
        if ($lock->get() !== true && !$this->renew($lock)) {
            return false;
        }
        // From when it was asked for: what the way there and back took is not ours.
        $this->prolong($before);
        try {
            $this->putSign(false, 0.0);
        } catch (\Throwable $thrown) {
            $this->until = 0.0;
            $lock->release();
            throw $thrown;
        }

        return $this->now() < $this->until;
    }

    public function hold(callable $backlogSeconds): bool
    {
        $before = $this->now();
        if ($before < min($this->until, $this->renewAt) && !$this->wasPaused($before)) {
            return true;
        }
        // A lock that may have run out is not prolonged, even where the store would still do it.
        if ($before >= $this->until || $this->lock === null) {
            [$this->until, $this->watch] = [0.0, new Watch()];

            return false;
        }
        $this->renewAt = $before + self::TRY_SECONDS;
        try {
            // Where it is gone, somebody may have cleared the cache: then it is there to be had again.
            if ($this->renew($this->lock) || $this->lock->get() === true) {
                $this->putSign(false, $backlogSeconds());
                $this->prolong($before);
                $this->isInTrouble = false;
            } elseif (!$this->isStillOurs($this->lock)) {
                $this->until = 0.0;
            }
        } catch (\Throwable $thrown) {
            $this->complain($thrown);
        }
        if ($this->now() < $this->until) {
            return true;
        }
        // What was seen before says nothing about who comes now.
        [$this->until, $this->watch] = [0.0, new Watch()];

        return false;
    }

    public function leaseSeconds(): float
    {
        return max(0.0, $this->until - $this->now());
    }

    public function lastSign(): ?LastSign
    {
        return $this->watch->lastSign($this->owner, $this->now());
    }

    public function release(float $backlogSeconds): void
    {
        $isStillAtWork = $this->now() < $this->until;
        $this->until = 0.0;
        if ($isStillAtWork) {
            // Else the sign is that of somebody else by now.
            $this->putSign(true, $backlogSeconds);
        }
        $this->lock?->release();
    }

    /** Seconds that it may be at work without prolonging, from when it was prolonged. */
    private function fullLeaseSeconds(): float
    {
        return $this->ttl() - self::MARGIN_SECONDS;
    }

    private function ttl(): int
    {
        return $this->standbySeconds - self::FINDING_SECONDS;
    }

    /** In a virtual machine that was paused as a whole, this clock stood still, too; the wall clock is set right afterwards, as a rule. */
    private function wasPaused(float $now): bool
    {
        $offset = microtime(true) - $now;
        $jump = abs($offset - ($this->offset ?? $offset));
        $this->offset = $offset;

        return $this->now === null && $jump > self::JUMP_SECONDS;
    }

    private function prolong(float $from): void
    {
        $this->until = $from + $this->fullLeaseSeconds();
        $this->renewAt = $from + $this->renewSeconds();
    }

    private function renewSeconds(): float
    {
        return max(self::LEAST_RENEW_SECONDS, min(self::MOST_RENEW_SECONDS, $this->fullLeaseSeconds() * self::RENEW_SHARE));
    }

    private function renew(Lock $lock): bool
    {
        // In the contract of no version; Locks refuses stores without it.
        return method_exists($lock, 'refresh') && $lock->refresh() === true;
    }

    /** Some stores say no where they found nothing to change. Then it is not lost, and tried again. */
    private function isStillOurs(Lock $lock): bool
    {
        return method_exists($lock, 'isOwnedByCurrentProcess') && $lock->isOwnedByCurrentProcess() === true;
    }

    /** @return array<array-key, mixed>|null */
    private function sign(): ?array
    {
        $sign = $this->cache->get($this->signKey());
        $sign = \is_string($sign) ? json_decode($sign, true) : null;

        return \is_array($sign) ? $sign : null;
    }

    private function putSign(bool $hasLeft, float $backlogSeconds): void
    {
        $this->cache->put($this->signKey(), json_encode([
            'owner' => $this->owner,
            'host' => (string) gethostname(),
            'pid' => getmypid(),
            'number' => ++$this->signs,
            'at' => microtime(true),
            'backlog_seconds' => $backlogSeconds,
            'has_left' => $hasLeft,
        ], \JSON_THROW_ON_ERROR | \JSON_PRESERVE_ZERO_FRACTION | \JSON_INVALID_UTF8_SUBSTITUTE), self::SIGN_SECONDS)
            || throw new \RuntimeException("the store did not take the sign of life of \"$this->name\"");
    }

    private function signKey(): string
    {
        return "$this->name:sign";
    }

    /** Once for each time in which it cannot be prolonged; who is about to be cut off wants to know why. */
    private function complain(\Throwable $thrown): void
    {
        if (!$this->isInTrouble) {
            $this->isInTrouble = true;
            $this->logger?->warning('the lock of the standby cannot be prolonged; without it the connections are cut', [
                'leadership' => $this->name,
                'exception' => $thrown,
                'cut_in_ms' => (int) max(0.0, ($this->until - $this->now()) * 1000),
                'worker_pid' => getmypid(),
            ]);
        }
    }

    private function now(): float
    {
        return $this->now === null ? hrtime(true) / 1e9 : ($this->now)();
    }
}
