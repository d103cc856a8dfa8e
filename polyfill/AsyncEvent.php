<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * An asynchronous `Originate`: a response that says it is queued, and later its `OriginateResponse`, which goes to
 * listeners too. That a call failed is in this event, `Response: Failure`; the action is complete all the same.
 *
 * The server must be configured with `events` that include `call`.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class AsyncEvent implements CompletionStrategy
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

    /** Always 2: the response and the event. */
    public function maxMessages(): int
    {
        return 2;
    }

    /**
     * Whether an action with this strategy ends with this message, as far as the message alone tells. An error response
     * always ends it.
     */
    public function isComplete(AmiMessage $message): bool
    {
        return Polyfill\Ends::isError($message) || Polyfill\Ends::isEventOf($message, ['originateresponse']);
    }
}
