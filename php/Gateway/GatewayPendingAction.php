<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\ActionCancelledException;
use Apn\AmiClient\ActionTimeoutException;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\Contracts\PendingAction;
use Apn\AmiClient\MissingResponseException;
use Psr\Log\LoggerInterface;

/**
 * An action that went to a listener, and what came of it.
 *
 * Nothing in this process watches for the answer: it is fetched by await(), and looked for by isComplete(). Callbacks are called there.
 * Who asks neither, as in "send and forget", leaves the answer where it is, and the action is carried out all the same.
 */
final class GatewayPendingAction implements PendingAction
{
    /** How long one wait in Redis takes at most: then it is asked whether the listener still lives. */
    private const int WAIT_MS = 1_000;

    /** Between attempts to reach a Redis that went away. */
    private const int RETRY_MS = 50;

    /** Between two looks of isComplete(): a loop around it must not keep Redis busy. */
    private const int LOOK_MS = 2;

    /**
     * After so long without anybody who knows of the request, nobody will: Redis has lost it, and by now a listener would have said again
     * that it has it. Longer than a listener leaves a Redis that failed alone.
     */
    private const int FORGOTTEN_MS = 5_000;

    private ?Answer $answer = null;

    /** Since when Redis knows nothing of it. */
    private ?int $forgottenSinceMs = null;

    /** When a living listener was last seen to have it; that one knows how long its answer may take. */
    private int $claimedAtMs = 0;

    private readonly int $sentAtMs;

    private int $lookedAtMs = -self::LOOK_MS;

    /** @var list<\Closure(?\Throwable, ?AmiResponse, list<AmiEvent>): mixed> */
    private array $callbacks = [];

    /**
     * @param string $server empty for any
     * @param int $deadlineMs by this process's clock: not taken by a listener after it
     * @param int $answerMs how long the answer may take after that, and after a living listener was last seen to have it
     * @param \Closure(): int $clock milliseconds
     *
     * @internal
     */
    public function __construct(
        private readonly Broker $broker,
        private readonly Seal $seal,
        private readonly string $id,
        private readonly string $server,
        private readonly string $action,
        private readonly int $deadlineMs,
        private readonly int $answerMs,
        private readonly \Closure $clock,
        private readonly Loss $loss = new Loss(),
        private readonly ?LoggerInterface $logger = null,
    ) {
        $this->sentAtMs = $clock();
    }

    /** Calls back within the await() or isComplete() that finds the answer; at once where it is there already. */
    public function onComplete(callable $callback): static
    {
        $callback = $callback(...);
        if ($this->answer !== null) {
            $callback($this->answer->error, $this->answer->response, $this->answer->events);
        } else {
            $this->callbacks[] = $callback;
        }

        return $this;
    }

    /** Asks Redis, at most every 2 ms, without waiting. Where Redis cannot be asked it says no. */
    public function isComplete(): bool
    {
        $now = ($this->clock)();
        if ($this->answer === null && $now - $this->lookedAtMs >= self::LOOK_MS) {
            $this->lookedAtMs = $now;
            try {
                $this->look();
            } catch (RedisFailedException) {
                // Whether it is complete is not known; the next one may find out.
            }
            $this->giveUpIfOverdue();
        }

        return $this->answer !== null;
    }

    public function response(): ?AmiResponse
    {
        return $this->answer?->response;
    }

    public function events(): array
    {
        return $this->answer->events ?? [];
    }

    public function error(): ?\Throwable
    {
        return $this->answer?->error;
    }

    /** The ActionID that the listener gave it; until the answer is there, and where no server saw the action, the id of the request. */
    public function actionId(): string
    {
        $actionId = $this->answer->actionId ?? '';

        return $actionId === '' ? $this->id : $actionId;
    }

    /** What the listener's log calls it. */
    public function requestId(): string
    {
        return $this->id;
    }

    public function serverKey(): string
    {
        $server = $this->answer->serverKey ?? '';

        return $server === '' ? $this->server : $server;
    }

    public function await(?int $timeoutMs = null): AmiResponse
    {
        if ($timeoutMs !== null && $timeoutMs < 0) {
            throw Exceptions::invalid('timeoutMs', $timeoutMs, "timeoutMs: $timeoutMs is negative");
        }
        $start = ($this->clock)();
        $until = $timeoutMs === null ? null : $start + $timeoutMs;
        $failure = $this->waitUntil($until);
        if ($this->answer === null) {
            throw $this->about(new ActionTimeoutException(
                "the action $this->action was not answered within $timeoutMs ms; it goes on",
                0,
                $failure,
            ), ['timeoutMs' => $timeoutMs]);
        }
        if ($this->answer->error !== null) {
            throw $this->answer->error;
        }

        return $this->answer->response
            ?? throw $this->about(new MissingResponseException("the action $this->action ended without a response"));
    }

    /** Taken back where no listener has it yet: then it will not be carried out. */
    public function cancel(): bool
    {
        if ($this->answer !== null) {
            return false;
        }
        $isWithdrawn = false;
        try {
            $isWithdrawn = $this->broker->withdraw($this->id);
            if (!$isWithdrawn) {
                // The answer may have come before.
                $this->look();
            }
        } catch (RedisFailedException) {
            // It is given up here; what becomes of it there is not known.
        }
        if ($this->answer !== null) {
            return false;
        }
        $this->end($this->about(new ActionCancelledException(
            "the action $this->action was cancelled; " . ($isWithdrawn ? 'it was not carried out' : 'it may be carried out all the same'),
        )));

        return true;
    }

    /**
     * Sees to it that no listener takes it any more.
     *
     * @return \Throwable|null the error that it ended with; null where one has it already, or that is not known
     *
     * @internal
     */
    public function takeBack(): ?\Throwable
    {
        try {
            if ($this->answer === null && $this->broker->withdraw($this->id)) {
                $this->take(Broker::EXPIRED);

                return $this->error();
            }
        } catch (RedisFailedException) {
            // Its deadline does the same.
        }

        return null;
    }

    private function waitUntil(?int $until): ?RedisFailedException
    {
        $failure = null;
        for ($isFirst = true; $this->answer === null; $isFirst = false) {
            $now = ($this->clock)();
            $wait = $until === null ? self::WAIT_MS : min(self::WAIT_MS, $until - $now);
            // At its deadline it is asked whether it was taken, and after that before anything is waited for.
            $wait = match (true) {
                $now < $this->deadlineMs => min($wait, $this->deadlineMs - $now + 1),
                $isFirst => 0,
                default => $wait,
            };
            if ($wait <= 0 && !$isFirst) {
                break;
            }
            try {
                $answer = $wait > 0 ? $this->broker->awaitAnswer($this->id, $wait) : null;
                $answer === null ? $this->look() : $this->take($answer);
                $failure = null;
            } catch (RedisFailedException $failure) {
                usleep(max(0, min($wait, self::RETRY_MS)) * 1000);
            }
            $this->giveUpIfOverdue();
        }

        return $failure;
    }

    private function look(): void
    {
        $standing = $this->broker->look($this->id);
        if ($standing->answer !== null) {
            $this->take($standing->answer);
        }
        $this->claimedAtMs = $standing->claimed ? ($this->clock)() : $this->claimedAtMs;
        $this->forgottenSinceMs = $standing->known ? null : $this->loss->of($this->sentAtMs, ($this->clock)());
    }

    /** By now there would be an answer, if one was to come. */
    private function giveUpIfOverdue(): void
    {
        $now = ($this->clock)();
        $isForgotten = $this->forgottenSinceMs !== null && $now > max($this->deadlineMs, $this->forgottenSinceMs + self::FORGOTTEN_MS);
        if ($this->answer === null && ($isForgotten || $now > max($this->deadlineMs, $this->claimedAtMs) + $this->answerMs)) {
            $this->end($this->about(new OutcomeUnknownException(
                $isForgotten
                    ? "Redis has lost the action $this->action; whether it was carried out is not known"
                    : "no answer of the action $this->action came through the gateway; whether it was carried out is not known",
            )));
        }
    }

    private function take(string $answer): void
    {
        if ($this->answer !== null) {
            return;
        }
        $where = $this->server === '' ? '' : " for the server $this->server";
        $this->answer = match ($answer) {
            Broker::EXPIRED => new Answer(error: $this->about(new RequestExpiredException(
                "no listener took the action $this->action$where in time; it was not carried out. Does `ami:listen` run, with gateway.enabled and the same gateway.prefix?",
            ))),
            Broker::LOST => new Answer(error: $this->about(new OutcomeUnknownException(
                "the listener that took the action $this->action$where is gone; whether it was carried out is not known",
            ))),
            Broker::FOREIGN => new Answer(error: $this->about(new RequestExpiredException(
                "the listener cannot open what this process sends; it was not carried out. gateway.key (or APP_KEY) must be the same for both",
            ))),
            default => Answer::open($this->seal, $this->id, $answer) ?? new Answer(error: $this->about(new OutcomeUnknownException(
                "an answer of the action $this->action$where came that this process cannot open; whether it was carried out is not known. Is gateway.key (or APP_KEY) the same for all?",
            ))),
        };
        $this->callBack();
    }

    private function end(\Throwable $error): void
    {
        $this->answer = new Answer(error: $error);
        $this->callBack();
    }

    private function callBack(): void
    {
        [$callbacks, $this->callbacks] = [$this->callbacks, []];
        foreach ($callbacks as $callback) {
            try {
                $callback($this->answer?->error, $this->answer?->response, $this->answer->events ?? []);
            } catch (\Throwable $thrown) {
                // As in a tick: it is not the answer's fault, and the other callbacks and await() go on.
                if ($this->logger === null) {
                    trigger_error('a callback threw: ' . $thrown::class . ': ' . $thrown->getMessage(), E_USER_WARNING);
                } else {
                    $this->logger->error('a callback threw', ['exception' => $thrown, 'action_id' => $this->actionId()]);
                }
            }
        }
    }

    /**
     * @template T of \Throwable
     *
     * @param T $exception
     * @param array<string, mixed> $more
     *
     * @return T
     */
    private function about(\Throwable $exception, array $more = []): \Throwable
    {
        return Exceptions::with($exception, $more + [
            'serverKey' => $this->server === '' ? null : $this->server,
            'actionId' => $this->id,
            'actionName' => $this->action,
        ]);
    }
}
