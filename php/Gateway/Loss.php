<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/**
 * When a process first found that Redis had lost a request of it. It has lost those of before, too: who waits for many of them does not
 * find that out anew for each.
 *
 * @internal
 */
final class Loss
{
    private ?int $atMs = null;

    /** @return int since when a request that was sent then is known to be lost */
    public function of(int $sentAtMs, int $nowMs): int
    {
        if ($this->atMs === null || $this->atMs < $sentAtMs) {
            $this->atMs = $nowMs;
        }

        return $this->atMs;
    }
}
