<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bridge;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Contracts\Subscription;
use Apn\AmiClient\Worker\HasBacklog;
use Apn\AmiClient\Worker\HearsTakeover;

/**
 * Hands the events of chosen names on to a target, by way of an outbox.
 *
 * Plain names are subscribed to one by one, so that the extension skips all others unseen. A pattern needs every event: each costs a
 * call of PHP then, whether it matches or not.
 */
final class EventBridge implements HasBacklog, HearsTakeover
{
    /** @var list<Subscription> */
    private array $subscriptions = [];

    /**
     * @param bool $tellGaps whether gaps are handed on, those of a takeover included
     */
    public function __construct(
        private readonly string $name,
        private readonly EventNames $names,
        private readonly Outbox $outbox,
        private readonly bool $tellGaps = false,
    ) {}

    public function name(): string
    {
        return $this->name;
    }

    public function start(AmiClientManager $manager): void
    {
        $take = fn(AmiEvent $event) => $this->outbox->offer(EventPayload::of($event));
        if ($this->names->areExact()) {
            foreach (array_unique(array_map(strtolower(...), $this->names->names)) as $name) {
                $this->subscriptions[] = $manager->onEvent($name, $take);
            }
        } else {
            $all = \in_array('*', $this->names->names, true);
            $this->subscriptions[] = $manager->onAnyEvent($all ? $take : function (AmiEvent $event): void {
                if ($this->names->match($event->name)) {
                    $this->outbox->offer(EventPayload::of($event));
                }
            });
        }
        if ($this->tellGaps) {
            $manager->onGap($this->onTakeover(...));
        }
    }

    public function onTakeover(ConnectionGap $gap): void
    {
        if ($this->tellGaps) {
            $this->outbox->offer(EventPayload::ofGap($gap));
        }
    }

    public function backlogSeconds(): float
    {
        return $this->outbox->stats()['oldest_waiting_ms'] / 1e3;
    }

    public function poll(): ?int
    {
        return $this->outbox->poll();
    }

    /** Nothing: events that were read before the goodbye are still to be dispatched, and are not to be lost. */
    public function stop(): void {}

    public function isBusy(): bool
    {
        return $this->outbox->isBusy();
    }

    public function finish(): array
    {
        foreach ($this->subscriptions as $subscription) {
            $subscription->cancel();
        }
        $this->subscriptions = [];

        return $this->outbox->finish();
    }

    public function stats(): array
    {
        return $this->outbox->stats();
    }
}
