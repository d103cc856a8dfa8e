<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Support;

use Psr\Clock\ClockInterface;

/** Time that stands still until it is told to go on. */
final class VirtualClock implements ClockInterface
{
    private int $micros = 1_700_000_000_000_000;

    public function advance(float $seconds): void
    {
        $this->micros += (int) round($seconds * 1e6);
    }

    public function now(): \DateTimeImmutable
    {
        $now = \DateTimeImmutable::createFromFormat('U.u', sprintf('%d.%06d', intdiv($this->micros, 1_000_000), $this->micros % 1_000_000));

        return $now === false ? throw new \LogicException('no such time') : $now;
    }
}
