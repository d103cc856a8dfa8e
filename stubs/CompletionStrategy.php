<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * When an action is complete, and how long and how much it may take until then.
 *
 * Only SingleResponse, EventList, AsyncEvent and Command can be carried out so far; an action with a class of the
 * application is refused with InvalidConfigurationException when it is sent.
 */
interface CompletionStrategy
{
    /** The milliseconds within which the action must be complete; null for the server's `action_timeout`. */
    public function maxDurationMs(): ?int;

    /**
     * The most messages that the answer may have, the response counted; one more fails the action with
     * ProtocolException.
     */
    public function maxMessages(): int;
}
