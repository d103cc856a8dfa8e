<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * The server that would probably answer first; equal ones in turn.
 *
 * That is the one with the least product of: its latency in whole milliseconds, at least 1 (1 where it is not known); one more
 * than its pending actions, where 1,000 queued events count as one; and 2 where it is recovering.
 *
 * Immutable, but for whose turn it is among candidates that select() was given. Objects cannot be cloned or serialized, and
 * take no further properties.
 */
final class HealthAware implements RoutingStrategy
{
    use Polyfill\Unique;

    private readonly Polyfill\Turn $turn;

    /** Takes nothing. */
    public function __construct()
    {
        $this->turn = new Polyfill\Turn();
    }

    /**
     * The key of the candidate that this rule chooses; null where none fits.
     *
     * @param list<RoutingCandidate> $candidates
     */
    public function select(array $candidates, ?Action $action): ?string
    {
        return $this->turn->least($candidates, Polyfill\Turn::cost(...));
    }
}
