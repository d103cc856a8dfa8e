<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Contracts\Subscription;
use Apn\AmiClient\EventFilter;

/** A listener of a fake. Made by FakeManager and FakeClient. */
final class FakeSubscription implements Subscription
{
    private bool $active = true;

    /**
     * @internal
     *
     * @param callable(AmiEvent): mixed $listener
     * @param EventFilter|array<array-key, list<string>>|null $filter
     */
    public function __construct(
        private readonly ?string $eventName,
        private readonly ?string $serverKey,
        private $listener,
        private readonly EventFilter|array|null $filter,
        private readonly int $priority,
    ) {}

    public function cancel(): void
    {
        $this->active = false;
    }

    public function isActive(): bool
    {
        return $this->active;
    }

    public function eventName(): ?string
    {
        return $this->eventName;
    }

    public function priority(): int
    {
        return $this->priority;
    }

    /** @internal the server it is for; null for all */
    public function serverKey(): ?string
    {
        return $this->serverKey;
    }

    /** @internal whether it is for this event, before an EventFilter is asked */
    public function wants(AmiEvent $event): bool
    {
        if (!$this->active
            || ($this->serverKey !== null && $this->serverKey !== $event->serverKey)
            || ($this->eventName !== null && strcasecmp($this->eventName, $event->name) !== 0)) {
            return false;
        }
        foreach (\is_array($this->filter) ? $this->filter : [] as $header => $values) {
            // PHP makes integers of names that look like some; the first value of a header counts.
            if (!\in_array($event->get((string) $header), $values, true)) {
                return false;
            }
        }

        return true;
    }

    /** @internal */
    public function call(AmiEvent $event): void
    {
        if ($this->filter instanceof EventFilter && !$this->filter->accepts($event)) {
            return;
        }
        ($this->listener)($event);
    }
}
