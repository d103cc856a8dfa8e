<?php

declare(strict_types=1);

namespace Apn\AmiClient\Native;

use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\Contracts\PendingAction as PendingActionContract;
use Apn\AmiClient\PendingAction;

/** A pending action of the extension, as the contracts have it. */
final readonly class NativePendingAction implements PendingActionContract
{
    public function __construct(private PendingAction $native) {}

    public function onComplete(callable $callback): static
    {
        $this->native->onComplete($callback);

        return $this;
    }

    public function isComplete(): bool
    {
        return $this->native->isComplete();
    }

    public function response(): ?AmiResponse
    {
        return $this->native->response();
    }

    public function events(): array
    {
        return $this->native->events();
    }

    public function error(): ?\Throwable
    {
        return $this->native->error();
    }

    public function actionId(): string
    {
        return $this->native->actionId();
    }

    public function serverKey(): string
    {
        return $this->native->serverKey();
    }

    /** Ticks the manager meanwhile, and so is refused within a tick: a worker registers onComplete(). */
    public function await(?int $timeoutMs = null): AmiResponse
    {
        return $this->native->await($timeoutMs);
    }

    public function cancel(): bool
    {
        return $this->native->cancel();
    }
}
