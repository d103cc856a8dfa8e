<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

use Psr\Clock\ClockInterface;

/** A clock that a test moves. */
final class StepClock implements ClockInterface
{
    public float $seconds = 1000.0;

    public function now(): \DateTimeImmutable
    {
        return new \DateTimeImmutable(sprintf('@%.6F', $this->seconds));
    }
}
