<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/** What the broker tells a listener at each sign of life. */
final readonly class Pulse
{
    /**
     * @param list<string> $claimed the ids that this listener has claimed and not answered
     * @param array<string, int> $counts of all listeners and senders since the broker forgot them last: `expired`, `withdrawn`, `lost`, `full`
     */
    public function __construct(public array $claimed, public int $waiting, public array $counts) {}
}
