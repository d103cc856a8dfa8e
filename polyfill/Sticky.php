<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * The same server for what belongs together, as long as it is ready; what has no affinity goes to each server in turn.
 *
 * A server is chosen by a hash of its key and the affinity, the same in every process. When a server goes, only its own
 * affinities move, evenly to all others, and return with it.
 *
 * Immutable, but for whose turn it is among candidates that select() was given. Objects cannot be cloned or serialized, and
 * take no further properties.
 */
final class Sticky implements RoutingStrategy
{
    use Polyfill\Unique;

    private readonly \Closure|string $affinity;

    private readonly Polyfill\Turn $turn;

    /**
     * @param (callable(Action): (string|int|null))|string $affinity the name of a header, whose value is the affinity; or a
     *     function that says it. A string is always a header: write strtolower(...) for a function of that name.
     *
     * @throws InvalidConfigurationException where a string can be no name of a header
     */
    public function __construct(callable|string $affinity)
    {
        $this->affinity = \is_string($affinity) ? Polyfill\Settings::headerName('affinity', $affinity) : $affinity(...);
        $this->turn = new Polyfill\Turn();
    }

    /**
     * The key of the candidate that this rule chooses; null where none fits.
     *
     * @param list<RoutingCandidate> $candidates
     */
    public function select(array $candidates, ?Action $action): ?string
    {
        $said = match (true) {
            $action === null => null,
            $this->affinity instanceof \Closure => ($this->affinity)($action),
            default => Polyfill\Turn::header($action, $this->affinity),
        };
        if ($said !== null && !\is_string($said) && !\is_int($said)) {
            throw Polyfill\Refusal::ofType('affinity', $said, 'is no string, int or null');
        }

        return $said === null ? $this->turn->next($candidates) : Polyfill\Turn::sticky($candidates, (string) $said);
    }
}
