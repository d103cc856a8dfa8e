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
    use Polyfill\Unique;

    private readonly ?int $maxDurationMs;

    private readonly int $maxMessages;

    /** @var \Closure(AmiMessage): bool */
    private readonly \Closure $function;

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
        $this->maxDurationMs = Polyfill\Settings::durationMs($maxDurationMs);
        $this->maxMessages = Polyfill\Settings::messages($maxMessages);
        $this->function = $isComplete(...);
    }

    /** The milliseconds within which the action must be complete; null for the server's `action_timeout`. */
    public function maxDurationMs(): ?int
    {
        return $this->maxDurationMs;
    }

    /** The most messages that the answer may have, the response and the end counted. */
    public function maxMessages(): int
    {
        return $this->maxMessages;
    }

    /** What the function says; what it throws passes through. */
    public function isComplete(AmiMessage $message): bool
    {
        return ($this->function)($message);
    }
}
