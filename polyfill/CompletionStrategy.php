<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * When an action is complete, and how long and how much it may take until then.
 *
 * The classes of the extension are carried out in native code. A class of the application is asked: its action gets the
 * response and every event that carries its ActionID, and `isComplete()` is called with each of them in the order in which
 * they came, within the tick that read them, until it says true. An object that keeps something in mind between its calls
 * belongs to one action only.
 *
 * What ends an action besides: an error response (the strategy is not asked), its time, too many messages, the end of the
 * connection, `cancel()`. Completed without any response it fails with MissingResponseException. What `isComplete()` throws
 * becomes the error of the action, and is logged and counted like what a listener throws.
 *
 * Events with the action's id are for the action alone, but for OriginateResponse and UserEvent: Asterisk sends these to all
 * sessions, and they go to listeners as well.
 */
interface CompletionStrategy
{
    /** The milliseconds within which the action must be complete, 50 to 86,400,000; null for the server's `action_timeout`. */
    public function maxDurationMs(): ?int;

    /**
     * The most messages that the answer may have, 1 to 1,000,000, the response counted; one more fails the action with
     * ProtocolException.
     */
    public function maxMessages(): int;

    /** Whether the action ends with this message. */
    public function isComplete(AmiMessage $message): bool;
}
