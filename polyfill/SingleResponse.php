<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * One response and nothing else. Events that belong to the action go to listeners.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class SingleResponse implements CompletionStrategy
{
    use Polyfill\Unique;

    private readonly ?int $maxDurationMs;

    /**
     * @param int|null $maxDurationMs 50 to 86,400,000 ms; null for the server's `action_timeout`
     *
     * @throws InvalidConfigurationException where an argument is of another type or out of its range
     */
    public function __construct(?int $maxDurationMs = null)
    {
        $this->maxDurationMs = Polyfill\Settings::durationMs($maxDurationMs);
    }

    /** The milliseconds within which the action must be complete; null for the server's `action_timeout`. */
    public function maxDurationMs(): ?int
    {
        return $this->maxDurationMs;
    }

    /** Always 1. */
    public function maxMessages(): int
    {
        return 1;
    }

    /**
     * Whether an action with this strategy ends with this message, as far as the message alone tells. An error response
     * always ends it.
     */
    public function isComplete(AmiMessage $message): bool
    {
        return Polyfill\Ends::isResponse($message);
    }
}
