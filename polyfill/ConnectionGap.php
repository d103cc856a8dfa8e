<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * The time between two sessions of a server, of which the application has seen nothing.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class ConnectionGap
{
    use Polyfill\Unique;

    /** The key of the server. */
    public readonly string $serverKey;

    /** When something was last read from the old session, in seconds since the Unix epoch, exact to the microsecond. */
    public readonly float $from;

    /** When the new session was ready, in the same unit. */
    public readonly float $to;

    /** Why the old session ended, as one of the words for `reason` in docs/logging.md, such as `end_of_file`. */
    public readonly string $reason;

    /** The same as a sentence. */
    public readonly string $message;

    /** Sessions that ended within: more than one where one ended before its own gap could be told. */
    public readonly int $sessions;

    /** Events that had been read of these sessions, and that a full queue gave up. */
    public readonly int $eventsDropped;

    /** With `reconcile` the action `Status`, on its way: a list of all channels with their variables. Else null. */
    public readonly ?PendingAction $status;

    /** With `reconcile` the action `CoreShowChannels`, on its way. Else null. */
    public readonly ?PendingAction $channels;

    /** With `reconcile` the action `QueueStatus`, on its way: queues, their members and who waits in them. Else null. */
    public readonly ?PendingAction $queues;

    /**
     * For tests and fakes.
     *
     * @throws InvalidConfigurationException where a number is negative
     */
    public function __construct(
        string $serverKey,
        float $from,
        float $to,
        string $reason,
        string $message = '',
        int $sessions = 1,
        int $eventsDropped = 0,
        ?PendingAction $status = null,
        ?PendingAction $channels = null,
        ?PendingAction $queues = null,
    ) {
        foreach (['sessions' => $sessions, 'eventsDropped' => $eventsDropped] as $name => $count) {
            if ($count < 0) {
                throw Polyfill\Refusal::raw("$name: $count is negative", $name, $count);
            }
        }
        $this->serverKey = $serverKey;
        $this->from = $from;
        $this->to = $to;
        $this->reason = $reason;
        $this->message = $message;
        $this->sessions = $sessions;
        $this->eventsDropped = $eventsDropped;
        $this->status = $status;
        $this->channels = $channels;
        $this->queues = $queues;
    }
}
