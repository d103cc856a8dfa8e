<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

use Apn\AmiClient\Action;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\RoutingCandidate;

/**
 * Whose turn it is among candidates, and how they are compared.
 *
 * @internal
 */
final class Turn
{
    private const int EVENTS_LIKE_AN_ACTION = 1_000;

    /** The key of the candidate chosen last. */
    private string $last = '';

    /** @param list<RoutingCandidate> $candidates */
    public function next(array $candidates): ?string
    {
        return $this->least($candidates, static fn(): int => 0);
    }

    /**
     * The first of the least, so that equal ones take turns.
     *
     * @param list<RoutingCandidate> $candidates
     * @param \Closure(RoutingCandidate): int $weight
     */
    public function least(array $candidates, \Closure $weight): ?string
    {
        $place = array_find_key($candidates, fn(RoutingCandidate $one): bool => $one->key === $this->last);
        $turn = $place === null ? 0 : ($place + 1) % \count($candidates);
        $chosen = null;
        $least = \PHP_INT_MAX;
        foreach ([...\array_slice($candidates, $turn), ...\array_slice($candidates, 0, $turn)] as $candidate) {
            if ($chosen === null || $weight($candidate) < $least) {
                [$chosen, $least] = [$candidate->key, $weight($candidate)];
            }
        }
        $this->last = $chosen ?? $this->last;

        return $chosen;
    }

    /** About how many milliseconds a further action would take. */
    public static function cost(RoutingCandidate $candidate): int
    {
        $latency = max(1, (int) ceil(round(($candidate->latencyMs ?? 1.0) * 1_000) / 1_000));
        $waiting = $candidate->pendingActions + intdiv($candidate->queuedEvents, self::EVENTS_LIKE_AN_ACTION);

        return $latency * ($waiting + 1) * ($candidate->recovering ? 2 : 1);
    }

    /** @param list<RoutingCandidate> $candidates */
    public static function has(array $candidates, string $key): bool
    {
        return array_any($candidates, static fn(RoutingCandidate $one): bool => $one->key === $key);
    }

    /**
     * The highest hash of the affinity and its key, the same in every process and as the extension has it.
     *
     * @param list<RoutingCandidate> $candidates
     */
    public static function sticky(array $candidates, string $affinity): ?string
    {
        $start = Hash::fnv1a($affinity);
        $chosen = null;
        $highest = 0;
        foreach ($candidates as $candidate) {
            // Compared as numbers without a sign.
            $weight = Hash::mixed(Hash::fnv1a($candidate->key, $start)) ^ \PHP_INT_MIN;
            if ($chosen === null || $weight >= $highest) {
                [$chosen, $highest] = [$candidate->key, $weight];
            }
        }

        return $chosen;
    }

    /** The first value of a header of an action, as it would be sent. */
    public static function header(Action $action, string $name): ?string
    {
        $read = $action instanceof GenericAction ? $action : new GenericAction($action->name(), $action->headers());
        foreach ($read->headers() as $key => $value) {
            if (strcasecmp($key, $name) === 0) {
                return ((array) $value)[0];
            }
        }

        return null;
    }
}
