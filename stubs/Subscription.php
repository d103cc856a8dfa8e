<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * A listener that was registered, and can be taken back.
 *
 * Dropping this object does not end the subscription. Made by the extension only. Objects cannot be cloned or
 * serialized, and take no further properties.
 */
final class Subscription
{
    private function __construct()
    {
        throw new \Error('a stub');
    }

    /**
     * Ends the subscription: the listener is not called again, not even for events that wait already. A second call
     * does nothing.
     *
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function cancel(): void
    {
        throw new \Error('a stub');
    }

    /** Whether the listener is still called. */
    public function isActive(): bool
    {
        throw new \Error('a stub');
    }

    /** The name of the events that it gets, as it was given; null for all events. */
    public function eventName(): ?string
    {
        throw new \Error('a stub');
    }

    /** Higher ones are called first. */
    public function priority(): int
    {
        throw new \Error('a stub');
    }
}
