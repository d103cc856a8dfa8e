<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

/** How a worker's run went. */
final readonly class Outcome
{
    /**
     * @param int $ticks ticks before closing
     * @param float $seconds seconds that the run took, closing included
     * @param list<string> $unclosed keys of the servers whose goodbye did not end in time, and that were cut off
     * @param int|null $signal the signal that ended it, where one did
     */
    public function __construct(
        public StopReason $reason,
        public int $ticks,
        public float $seconds,
        public array $unclosed = [],
        public ?int $signal = null,
    ) {}

    /** Whether every server was left with a goodbye. */
    public function isOrderly(): bool
    {
        return $this->unclosed === [];
    }
}
