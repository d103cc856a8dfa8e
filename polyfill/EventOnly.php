<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Events up to one of some names. A response may come, and fails the action when it is an error, but none is needed.
 *
 * An action that completed without one has no error, and its `response()` is null; `await()` and `call()`, which return the
 * response, then throw MissingResponseException. Its events are in `events()`.
 *
 * Only events with the ActionID of the action count. OriginateResponse and UserEvent, which Asterisk sends to all sessions,
 * go to listeners as well.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class EventOnly implements CompletionStrategy
{
    use Polyfill\Unique;

    private readonly ?int $maxDurationMs;

    private readonly int $maxMessages;

    /** @var non-empty-list<string> in lower case */
    private readonly array $terminalEvents;

    /**
     * @param non-empty-list<string> $terminalEvents 1 to 16 names of events that end the action, case-insensitive
     * @param int|null $maxDurationMs 50 to 86,400,000 ms; null for the server's `action_timeout`
     * @param int $maxMessages 1 to 1,000,000
     *
     * @throws InvalidConfigurationException where an argument is of another type or out of its range
     */
    public function __construct(array $terminalEvents, ?int $maxDurationMs = null, int $maxMessages = 10000)
    {
        $this->maxDurationMs = Polyfill\Settings::durationMs($maxDurationMs);
        $this->maxMessages = Polyfill\Settings::messages($maxMessages);
        $this->terminalEvents = Polyfill\Settings::someEventNames('terminalEvents', $terminalEvents);
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

    /**
     * Whether an action with this strategy ends with this message, as far as the message alone tells. An error response
     * always ends it.
     */
    public function isComplete(AmiMessage $message): bool
    {
        return Polyfill\Ends::isError($message) || Polyfill\Ends::isEventOf($message, $this->terminalEvents);
    }

    /**
     * The names of events that end the action.
     *
     * @return non-empty-list<string> in lower case
     */
    public function terminalEvents(): array
    {
        return $this->terminalEvents;
    }
}
