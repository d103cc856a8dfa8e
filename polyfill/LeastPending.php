<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * The server with the fewest actions that wait for answers; equal ones in turn.
 *
 * Immutable, but for whose turn it is among candidates that select() was given. Objects cannot be cloned or serialized, and
 * take no further properties.
 */
final class LeastPending implements RoutingStrategy
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
        return $this->turn->least($candidates, static fn(RoutingCandidate $one): int => $one->pendingActions);
    }
}
