<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\EventFilter;

/**
 * Who listens to what at a fake.
 *
 * @internal
 */
final class Listeners
{
    /** @var list<FakeSubscription> in the order of calling */
    private array $subscriptions = [];

    /**
     * @param callable(AmiEvent): mixed $listener
     * @param EventFilter|array<mixed>|null $filter
     */
    public function add(?string $name, ?string $server, callable $listener, EventFilter|array|null $filter, int $priority): FakeSubscription
    {
        if ($name === '') {
            throw Failures::invalid('name', '', "an event's name is not empty");
        }
        $new = new FakeSubscription($name, $server, $listener, \is_array($filter) ? self::conditions($filter) : $filter, $priority);
        $this->subscriptions = array_values(array_filter($this->subscriptions, static fn(FakeSubscription $one): bool => $one->isActive()));
        // Higher priorities first, equal ones in the order of subscription.
        $place = array_find_key($this->subscriptions, static fn(FakeSubscription $other): bool => $other->priority() < $priority);
        array_splice($this->subscriptions, $place ?? \count($this->subscriptions), 0, [$new]);

        return $new;
    }

    public function isHeard(AmiEvent $event): bool
    {
        return array_any($this->subscriptions, static fn(FakeSubscription $one): bool => $one->wants($event));
    }

    /** @return list<FakeSubscription> first the one to call first */
    public function of(AmiEvent $event): array
    {
        return array_values(array_filter($this->subscriptions, static fn(FakeSubscription $one): bool => $one->wants($event)));
    }

    public function cancelOf(string $server): void
    {
        foreach ($this->subscriptions as $subscription) {
            if ($subscription->serverKey() === $server) {
                $subscription->cancel();
            }
        }
    }

    /**
     * @param array<mixed> $filter
     *
     * @return array<string, list<string>>
     */
    private static function conditions(array $filter): array
    {
        $conditions = [];
        foreach ($filter as $header => $values) {
            if (!\is_string($header)) {
                throw Failures::invalid('filter', $values, 'a filter is an array of values by header name');
            }
            $conditions[$header] = [];
            foreach (\is_array($values) ? $values : [$values] as $value) {
                if (!\is_string($value) && !\is_int($value)) {
                    throw Failures::invalid("filter.$header", $value, "a header's value is a string, or one of a list of strings");
                }
                $conditions[$header][] = (string) $value;
            }
        }

        return $conditions;
    }
}
