<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * An action that was sent, and what becomes of it.
 *
 * It ends exactly once: by its answer, an error response, a timeout, too many messages, a lost connection, or cancel().
 * Made by the extension only. Objects cannot be cloned or serialized, and take no further properties.
 */
final class PendingAction
{
    use Polyfill\Unique;

    private function __construct() {}

    /**
     * Calls back when the action ends, in the tick in which it does; at once where it has ended already.
     *
     * What a callback throws in a tick is logged and counted; what it throws at once is thrown here.
     *
     * @param callable(?\Throwable, ?AmiResponse, list<AmiEvent>): mixed $callback the error if it failed, the response
     *     if there is one, and the events of the answer
     *
     * @throws BackpressureException where 1,000 callbacks wait for this action already
     */
    public function onComplete(callable $callback): self
    {
        Polyfill\Missing::extension();
    }

    /** Whether the action has ended, well or not. */
    public function isComplete(): bool
    {
        Polyfill\Missing::extension();
    }

    /** The response; null before the action ends, and where none came. */
    public function response(): ?AmiResponse
    {
        Polyfill\Missing::extension();
    }

    /**
     * The events of the answer, in order: the items of a list and its end, or the result of an Originate.
     *
     * @return list<AmiEvent> empty before the action ends
     */
    public function events(): array
    {
        Polyfill\Missing::extension();
    }

    /** Why the action failed; null before it ends, and where it did not fail. */
    public function error(): ?\Throwable
    {
        Polyfill\Missing::extension();
    }

    /** The ActionID under which it was sent. */
    public function actionId(): string
    {
        Polyfill\Missing::extension();
    }

    /** The key of the server that it was sent to. */
    public function serverKey(): string
    {
        Polyfill\Missing::extension();
    }

    /**
     * Ticks until the action ends, and gives its response. For scripts and tests: a worker registers onComplete().
     *
     * @param int|null $timeoutMs most milliseconds to wait; null for as long as the action may take. The action goes on
     *     waiting after it
     *
     * @throws ActionErrorResponseException where the server answered with an error; OriginateFailedException, which extends
     *     it, where the call of an Originate did not come about
     * @throws ActionTimeoutException where the time is over
     * @throws ConnectionLostException where the connection went away: the outcome is not known
     * @throws ActionSendFailedException where the connection went away before the action was written
     * @throws ActionCancelledException where it was cancelled
     * @throws MissingResponseException where it ended without a response
     * @throws ProtocolException where the answer was too long
     * @throws ReentrancyException within a tick
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function await(?int $timeoutMs = null): AmiResponse
    {
        Polyfill\Missing::extension();
    }

    /**
     * Gives the action up: it fails with ActionCancelledException, and a later answer is ignored. The server may carry
     * it out all the same.
     *
     * @return bool whether it was still waiting
     *
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function cancel(): bool
    {
        Polyfill\Missing::extension();
    }
}
