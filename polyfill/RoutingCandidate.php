<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * A server that is ready, and how it is loaded at this moment.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class RoutingCandidate
{
    use Polyfill\Unique;

    /** The server's key. */
    public readonly string $key;

    /** Actions that wait for answers. */
    public readonly int $pendingActions;

    /** Events that wait for listeners of this process. */
    public readonly int $queuedEvents;

    /** Bytes that wait to be written. */
    public readonly int $unwrittenBytes;

    /**
     * How long the server takes to answer: the smoothed times of its login and of each heartbeat, or how long a heartbeat is
     * overdue if that is more. The time between two ticks is part of it. The client always knows it.
     */
    public readonly ?float $latencyMs;

    /** Whether it was lost, and is back for less than a minute. */
    public readonly bool $recovering;

    /**
     * For tests of strategies.
     *
     * @throws InvalidConfigurationException where a value cannot be one of a server
     */
    public function __construct(
        string $key,
        int $pendingActions = 0,
        int $queuedEvents = 0,
        int $unwrittenBytes = 0,
        ?float $latencyMs = null,
        bool $recovering = false,
    ) {
        Polyfill\Settings::serverKey('key', $key);
        foreach (['pendingActions' => $pendingActions, 'queuedEvents' => $queuedEvents, 'unwrittenBytes' => $unwrittenBytes] as $name => $number) {
            if ($number < 0) {
                throw Polyfill\Refusal::invalid($name, $number, 'is negative');
            }
        }
        if ($latencyMs !== null && !($latencyMs >= 0.0 && is_finite($latencyMs))) {
            throw Polyfill\Refusal::invalid('latencyMs', $latencyMs, 'is no time in milliseconds');
        }
        $this->key = $key;
        $this->pendingActions = $pendingActions;
        $this->queuedEvents = $queuedEvents;
        $this->unwrittenBytes = $unwrittenBytes;
        $this->latencyMs = $latencyMs;
        $this->recovering = $recovering;
    }
}
