<?php

declare(strict_types=1);

namespace Apn\AmiClient\Contracts;

/** A listener that was registered, until it is cancelled. */
interface Subscription
{
    /** Ends it; the listener is not called any more, also not for events that wait. */
    public function cancel(): void;

    /** @phpstan-impure */
    public function isActive(): bool;

    /** The name it listens to; null for all events. */
    public function eventName(): ?string;

    public function priority(): int;
}
