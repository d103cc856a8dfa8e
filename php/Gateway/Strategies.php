<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\AsyncEvent;
use Apn\AmiClient\Command;
use Apn\AmiClient\CompletionStrategy;
use Apn\AmiClient\EventList;
use Apn\AmiClient\EventOnly;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\MultiEvent;
use Apn\AmiClient\SingleResponse;

/**
 * Completion strategies on their way to the listener. Those of the extension go by name and arguments; code of an application stays
 * where it is.
 *
 * @internal
 */
final class Strategies
{
    /**
     * @return list<mixed>|null for Wire
     *
     * @throws InvalidConfigurationException where it cannot travel
     */
    public static function encode(string $action, ?CompletionStrategy $strategy): ?array
    {
        return match (true) {
            $strategy === null => null,
            $strategy instanceof SingleResponse => ['SingleResponse', $strategy->maxDurationMs()],
            $strategy instanceof Command => ['Command', $strategy->maxDurationMs()],
            $strategy instanceof AsyncEvent => ['AsyncEvent', $strategy->maxDurationMs()],
            $strategy instanceof EventList => ['EventList', $strategy->maxDurationMs(), $strategy->maxMessages(), $strategy->completeEvents()],
            $strategy instanceof MultiEvent => ['MultiEvent', $strategy->maxDurationMs(), $strategy->maxMessages(), $strategy->terminalEvents()],
            $strategy instanceof EventOnly => ['EventOnly', $strategy->maxDurationMs(), $strategy->maxMessages(), $strategy->terminalEvents()],
            default => throw Exceptions::invalid(
                'completionStrategy',
                $strategy::class,
                'completionStrategy: ' . $strategy::class . " of the action $action is code of this process, which the listener does not have; "
                . 'use SingleResponse, EventList, MultiEvent, AsyncEvent, Command or EventOnly, or a direct connection',
            ),
        };
    }

    /**
     * @param array<array-key, mixed>|null $encoded
     *
     * @throws \UnexpectedValueException where it is none of them
     */
    public static function decode(?array $encoded): ?CompletionStrategy
    {
        if ($encoded === null) {
            return null;
        }
        $duration = $encoded[1] ?? null;
        $duration = \is_int($duration) ? $duration : null;
        $messages = \is_int($encoded[2] ?? null) ? $encoded[2] : 1;
        $events = \is_array($encoded[3] ?? null) ? array_values(array_filter($encoded[3], is_string(...))) : [];

        return match (true) {
            $encoded[0] === 'SingleResponse' => new SingleResponse($duration),
            $encoded[0] === 'Command' => new Command($duration),
            $encoded[0] === 'AsyncEvent' => new AsyncEvent($duration),
            $encoded[0] === 'EventList' => new EventList($duration, $messages, $events),
            $encoded[0] === 'MultiEvent' && $events !== [] => new MultiEvent($events, $duration, $messages),
            $encoded[0] === 'EventOnly' && $events !== [] => new EventOnly($events, $duration, $messages),
            default => throw new \UnexpectedValueException('no completion strategy that this version knows'),
        };
    }
}
