<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * A response, items, and an event that ends the list.
 *
 * The end is known by the header `EventList: Complete`; for servers that send no such header by the names given here,
 * or without any by a name that ends in `Complete`. Where the server cancels the list, the action fails with
 * ActionCancelledException.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class EventList implements CompletionStrategy
{
    use Polyfill\Unique;

    private readonly ?int $maxDurationMs;

    private readonly int $maxMessages;

    /** @var list<string> in lower case */
    private readonly array $completeEvents;

    /**
     * @param int|null $maxDurationMs 50 to 86,400,000 ms; null for the server's `action_timeout`
     * @param int $maxMessages 1 to 1,000,000
     * @param list<string> $completeEvents at most 16 names of events that end the list, case-insensitive
     *
     * @throws InvalidConfigurationException where an argument is of another type or out of its range
     */
    public function __construct(?int $maxDurationMs = 60000, int $maxMessages = 10000, array $completeEvents = [])
    {
        $this->maxDurationMs = Polyfill\Settings::durationMs($maxDurationMs);
        $this->maxMessages = Polyfill\Settings::messages($maxMessages);
        $this->completeEvents = Polyfill\Settings::eventNames('completeEvents', $completeEvents);
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
        return Polyfill\Ends::isError($message) || Polyfill\Ends::isEndOfList($message, $this->completeEvents);
    }

    /**
     * The names of events that end the list.
     *
     * @return list<string> in lower case
     */
    public function completeEvents(): array
    {
        return $this->completeEvents;
    }
}
