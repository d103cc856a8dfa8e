<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * What one tick did, over all servers that it was for. With `io: background`, what the thread did since the last tick counts, too.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class TickSummary
{
    use Polyfill\Unique;

    /** Bytes read. */
    public readonly int $bytesRead;

    /** Bytes written. */
    public readonly int $bytesWritten;

    /** Messages parsed, whole or thrown away. */
    public readonly int $framesRead;

    /** Events handed to listeners. */
    public readonly int $eventsDispatched;

    /** Events that a full queue gave up, the oldest first. */
    public readonly int $eventsDropped;

    /** Events that nobody listens to. */
    public readonly int $eventsUnheard;

    /** Actions that ended, well or not. */
    public readonly int $actionsCompleted;

    /** Connections begun. */
    public readonly int $connectAttempts;

    /** Listeners and callbacks that threw. */
    public readonly int $listenerFailures;

    /** Whether the timeout was longer than a tick may wait, 250 ms, and was cut to that. */
    public readonly bool $timeoutClamped;

    /** Why the client shuts down, or has done so (AmiClientManager::shutdownReason()); null while it does not. */
    public readonly ?string $stopping;

    /**
     * The client makes these; applications need it for fakes and tests.
     *
     * @throws InvalidConfigurationException where an argument is of another type or negative
     */
    public function __construct(
        int $bytesRead = 0,
        int $bytesWritten = 0,
        int $framesRead = 0,
        int $eventsDispatched = 0,
        int $eventsDropped = 0,
        int $eventsUnheard = 0,
        int $actionsCompleted = 0,
        int $connectAttempts = 0,
        int $listenerFailures = 0,
        bool $timeoutClamped = false,
        ?string $stopping = null,
    ) {
        foreach (['bytesRead' => $bytesRead, 'bytesWritten' => $bytesWritten, 'framesRead' => $framesRead, 'eventsDispatched' => $eventsDispatched, 'eventsDropped' => $eventsDropped, 'eventsUnheard' => $eventsUnheard, 'actionsCompleted' => $actionsCompleted, 'connectAttempts' => $connectAttempts, 'listenerFailures' => $listenerFailures] as $name => $count) {
            if ($count < 0) {
                throw Polyfill\Refusal::invalid($name, $count, 'is negative');
            }
            $this->{$name} = $count;
        }
        $this->timeoutClamped = $timeoutClamped;
        $this->stopping = $stopping;
    }

    /** Whether anything at all happened: whether one of the numbers is not 0. */
    public function hasProgress(): bool
    {
        return $this->bytesRead + $this->bytesWritten + $this->framesRead + $this->eventsDispatched + $this->eventsDropped + $this->eventsUnheard + $this->actionsCompleted + $this->connectAttempts + $this->listenerFailures > 0;
    }
}
