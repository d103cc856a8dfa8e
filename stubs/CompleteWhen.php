<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * A function of the application decides when an action is complete, as the `isComplete()` of a CompletionStrategy of the
 * application would.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class CompleteWhen implements CompletionStrategy
{
    /**
     * @param callable(AmiMessage): bool $isComplete asked about the response and each event that carries the ActionID of the
     *     action
     * @param int|null $maxDurationMs 50 to 86,400,000 ms; null for the server's `action_timeout`
     * @param int $maxMessages 1 to 1,000,000
     *
     * @throws InvalidConfigurationException where an argument is of another type or out of its range
     */
    public function __construct(callable $isComplete, ?int $maxDurationMs = null, int $maxMessages = 10000)
    {
        throw new \Error('a stub');
    }

    /** The milliseconds within which the action must be complete; null for the server's `action_timeout`. */
    public function maxDurationMs(): ?int
    {
        throw new \Error('a stub');
    }

    /** The most messages that the answer may have, the response and the end counted. */
    public function maxMessages(): int
    {
        throw new \Error('a stub');
    }

    /** What the function says; what it throws passes through. */
    public function isComplete(AmiMessage $message): bool
    {
        throw new \Error('a stub');
    }
}
