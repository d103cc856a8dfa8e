<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** What the listeners of a driver have heard, so that nobody is fast by losing events. */
final class Tally
{
    /** Nanoseconds without any event after which no more are expected. */
    private const int PATIENCE = 3_000_000_000;

    /** Events heard. "Empty" listeners do this one addition, in all clients: something has to know when all are there. */
    public int $events = 0;

    /** The sum of the header Seq. */
    public int $sum = 0;

    /** Bytes of the two other headers of the three, or the number of all headers. */
    public int $size = 0;

    private int $seen = -1;

    /** Nanoseconds of the clock when the last ones came, where they stopped coming too early. */
    public private(set) ?int $stuckSince = null;

    private int $since = 0;

    /** @param int $goal events that are to be heard */
    public function __construct(public readonly int $goal) {}

    /** For the loop of a driver: there are events to come, and they do come. */
    public function goesOn(): bool
    {
        if ($this->events >= $this->goal) {
            return false;
        }
        if ($this->events !== $this->seen) {
            [$this->seen, $this->since] = [$this->events, (int) hrtime(true)];

            return true;
        }

        if (hrtime(true) - $this->since < self::PATIENCE) {
            return true;
        }
        $this->stuckSince = $this->since;

        return false;
    }
}
