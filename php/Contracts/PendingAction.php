<?php

declare(strict_types=1);

namespace Apn\AmiClient\Contracts;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\AmiResponse;

/**
 * An action that was sent, and what came of it. It completes once, and never changes after that.
 */
interface PendingAction
{
    /**
     * Calls back once when the action completes; at once where it has.
     *
     * @param callable(?\Throwable, ?AmiResponse, list<AmiEvent>): mixed $callback gets an error, or a response and its events
     */
    public function onComplete(callable $callback): static;

    /** @phpstan-impure ticks change it */
    public function isComplete(): bool;

    /**
     * The response, also that of an action which failed after it; null while there is none.
     *
     * @phpstan-impure
     */
    public function response(): ?AmiResponse;

    /**
     * @phpstan-impure
     *
     * @return list<AmiEvent> the events that belong to the answer; empty while it is not complete
     */
    public function events(): array;

    /**
     * Why it failed; null while it is not complete, and where it succeeded.
     *
     * @phpstan-impure
     */
    public function error(): ?\Throwable;

    public function actionId(): string;

    /** The server it was sent to; empty where that is decided elsewhere and not known yet. */
    public function serverKey(): string;

    /**
     * Waits for the answer.
     *
     * @param int|null $timeoutMs most milliseconds to wait; null waits as long as the action itself may take
     *
     * @throws AmiException what error() says; or, where only the wait was too short, an ActionTimeoutException that leaves the action alone
     */
    public function await(?int $timeoutMs = null): AmiResponse;

    /** Gives the action up; false where it was complete already. What the server does is not undone. */
    public function cancel(): bool;
}
