<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\ActionCancelledException;
use Apn\AmiClient\ActionTimeoutException;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\BackpressureException;
use Apn\AmiClient\Contracts\PendingAction;
use Apn\AmiClient\MissingResponseException;

/** An action that a fake took, and what came of it. Made by FakeManager and FakeClient. */
final class FakePendingAction implements PendingAction
{
    private const int MAX_CALLBACKS = 1_000;

    /** @var list<callable> */
    private array $callbacks = [];

    /** Complete is what was told. */
    private bool $told = false;

    private bool $written = false;

    /** @internal */
    public function __construct(
        private readonly FakeNetwork $network,
        private readonly SentAction $sent,
        private readonly Completion $completion,
        private int $deadlineMs,
        private readonly int $sentMs,
    ) {}

    public function onComplete(callable $callback): static
    {
        if ($this->told) {
            $callback($this->error(), $this->response(), $this->events());

            return $this;
        }
        if (\count($this->callbacks) >= self::MAX_CALLBACKS) {
            throw Failures::make(BackpressureException::class, self::MAX_CALLBACKS . ' callbacks wait for this action already', [
                'limitName' => 'onComplete callbacks of one action',
                'limit' => self::MAX_CALLBACKS,
                'current' => self::MAX_CALLBACKS,
            ]);
        }
        $this->callbacks[] = $callback;

        return $this;
    }

    public function isComplete(): bool
    {
        return $this->told;
    }

    public function response(): ?AmiResponse
    {
        return $this->told ? $this->completion->response() : null;
    }

    public function events(): array
    {
        return $this->told ? $this->completion->events() : [];
    }

    public function error(): ?\Throwable
    {
        return $this->told ? $this->completion->error() : null;
    }

    public function actionId(): string
    {
        return $this->sent->actionId;
    }

    public function serverKey(): string
    {
        return $this->sent->serverKey;
    }

    /** What was sent. */
    public function sent(): SentAction
    {
        return $this->sent;
    }

    /** Takes no time: the fake's own time passes. */
    public function await(?int $timeoutMs = null): AmiResponse
    {
        if (!$this->told) {
            $untilMs = $timeoutMs === null ? $this->deadlineMs : $this->network->deadline($timeoutMs);
            if (!$this->network->tickUntil($this->isComplete(...), fn(): int => $timeoutMs === null ? $this->deadlineMs : $untilMs)) {
                throw Failures::ofAction(
                    ActionTimeoutException::class,
                    $this->sent,
                    "no complete answer within $timeoutMs ms; it is still waited for",
                    ['timeoutMs' => (int) $timeoutMs],
                );
            }
        }

        return $this->result();
    }

    public function cancel(): bool
    {
        if ($this->told || $this->completion->isComplete()) {
            return false;
        }
        $this->completion->fail(Failures::ofAction(ActionCancelledException::class, $this->sent, 'the action was cancelled'));
        $this->network->settle($this);

        return true;
    }

    /** @internal */
    public function completion(): Completion
    {
        return $this->completion;
    }

    /** @internal */
    public function deadlineMs(): int
    {
        return $this->deadlineMs;
    }

    /** @internal */
    public function isWritten(): bool
    {
        return $this->written;
    }

    /** @internal the tick that follows send() writes */
    public function markWritten(): void
    {
        $this->written = true;
    }

    /** @internal a list that was announced has longer */
    public function prolong(): void
    {
        $listMs = $this->completion->announcedListMs();
        if ($listMs !== null) {
            $this->deadlineMs = max($this->deadlineMs, $this->sentMs + $listMs);
        }
    }

    /** @internal */
    public function expire(): void
    {
        $afterMs = $this->deadlineMs - $this->sentMs;
        $this->completion->fail(Failures::ofAction(
            ActionTimeoutException::class,
            $this->sent,
            "no complete answer within $afterMs ms (of the fake: {$this->completion->waitsFor()})",
            ['timeoutMs' => $afterMs],
        ));
    }

    /** @internal tells everybody who waits, once */
    public function tell(): void
    {
        $this->told = true;
        [$callbacks, $this->callbacks] = [$this->callbacks, []];
        foreach ($callbacks as $callback) {
            $this->network->telling->attempt(fn() => $callback($this->error(), $this->response(), $this->events()));
        }
    }

    private function result(): AmiResponse
    {
        if ($this->completion->error() !== null) {
            throw $this->completion->error();
        }

        return $this->completion->response() ?? throw Failures::ofAction(
            MissingResponseException::class,
            $this->sent,
            'its events completed it and no response came; they are in events()',
        );
    }
}
