<?php

declare(strict_types=1);

namespace Apn\AmiClient\Native;

use Apn\AmiClient\Contracts\Subscription as SubscriptionContract;
use Apn\AmiClient\Subscription;

/** A subscription of the extension, as the contracts have it. */
final readonly class NativeSubscription implements SubscriptionContract
{
    public function __construct(private Subscription $native) {}

    public function cancel(): void
    {
        $this->native->cancel();
    }

    public function isActive(): bool
    {
        return $this->native->isActive();
    }

    public function eventName(): ?string
    {
        return $this->native->eventName();
    }

    public function priority(): int
    {
        return $this->native->priority();
    }
}
