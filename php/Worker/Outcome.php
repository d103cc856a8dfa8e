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
     * @param array<string, array<string, int>> $lost by service, what it could not hand on any more: counts by their names
     * @param int $eventsLost events that had been read, and that no listener was told of any more
     */
    public function __construct(
        public StopReason $reason,
        public int $ticks,
        public float $seconds,
        public array $unclosed = [],
        public ?int $signal = null,
        public array $lost = [],
        public int $eventsLost = 0,
    ) {}

    /** Whether every server was left with a goodbye. */
    public function isOrderly(): bool
    {
        return $this->unclosed === [];
    }

    /** Whether all that was taken in was handed on. */
    public function isLossless(): bool
    {
        return $this->lost === [] && $this->eventsLost === 0;
    }
}
