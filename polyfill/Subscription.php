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
    use Polyfill\Unique;

    private function __construct() {}

    /**
     * Ends the subscription: the listener is not called again, not even for events that wait already. A second call
     * does nothing.
     *
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function cancel(): void
    {
        Polyfill\Missing::extension();
    }

    /** Whether the listener is still called. */
    public function isActive(): bool
    {
        Polyfill\Missing::extension();
    }

    /** The name of the events that it gets, as it was given; null for all events. */
    public function eventName(): ?string
    {
        Polyfill\Missing::extension();
    }

    /** Higher ones are called first. */
    public function priority(): int
    {
        Polyfill\Missing::extension();
    }
}
