<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * A command of Asterisk's console: one response, whose output may have `command_output_limit` bytes.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class Command implements CompletionStrategy
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
