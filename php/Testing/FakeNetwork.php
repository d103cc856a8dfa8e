<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\Action;
use Apn\AmiClient\ActionSendFailedException;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\BackpressureException;
use Apn\AmiClient\ConnectionLostException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\InvalidConnectionStateException;
use Apn\AmiClient\ReentrancyException;
use Apn\AmiClient\TickSummary;

/**
 * What is behind a FakeManager and its clients: servers, what is on its way to and from them, a time of its own, and the tick.
 *
 * A tick has the order of the real one: it reads everything that has come, then tells which actions have ended, then gaps, then
 * events. What is sent meanwhile is answered by the next one.
 *
 * @internal
 */
final class FakeNetwork
{
    private const int MAX_TICK_MS = 250;

    private const int MAX_PENDING = 5_000;

    /** The default of the option `action_timeout`. */
    private const int ACTION_TIMEOUT_MS = 30_000;

    /** As long as an action may take at most. */
    private const int MAX_WAIT_MS = 86_400_000;

    /** @var array<string, FakeServer> */
    private array $servers = [];

    public readonly Telling $telling;

    /** @var list<SentAction> */
    private array $sent = [];

    private bool $ticking = false;

    /** Milliseconds of the fake's own time. */
    private int $nowMs = 0;

    private int $sequence = 0;

    /** Of what is due at the same time, what was sent first comes first. */
    private int $arrivals = 0;

    public function __construct(public readonly Answers $answers, private readonly float $start)
    {
        $this->telling = new Telling();
    }

    public function now(): float
    {
        return $this->start + $this->nowMs / 1_000;
    }

    public function add(FakeServer $server): void
    {
        $this->servers[$server->key] = $server;
    }

    public function has(string $key): bool
    {
        return isset($this->servers[$key]);
    }

    /** @return list<string> */
    public function keys(): array
    {
        return array_map(strval(...), array_keys($this->servers));
    }

    /** @return array<string, FakeServer> */
    public function servers(): array
    {
        return $this->servers;
    }

    public function server(string $key): FakeServer
    {
        return $this->servers[$key] ?? throw Failures::noServer($key, $this->keys());
    }

    /** The server of a client, which may have been removed since it was made. */
    public function present(string $key): FakeServer
    {
        return $this->servers[$key]
            ?? throw Failures::make(InvalidConnectionStateException::class, "\"$key\" was removed from its manager", ['serverKey' => $key, 'state' => ConnectionState::Disconnected]);
    }

    public function remove(string $key): bool
    {
        if (!isset($this->servers[$key])) {
            return false;
        }
        $server = $this->servers[$key];
        $this->end($server, 'closed', ConnectionState::Disconnected);
        $this->telling->listeners->cancelOf($key);
        unset($this->servers[$key]);

        return true;
    }

    // ---- actions -----------------------------------------------------------------------------------------------------

    public function send(FakeServer $server, Action $action): FakePendingAction
    {
        // Taken at once: a function that answers may send, too.
        $number = ++$this->sequence;
        $sent = new SentAction($action, $server->key, "$server->key:fake:$number", $this->now());
        $completion = new Completion($sent);
        // What the action's own methods did may have removed it.
        $server = $this->present($server->key);
        if (!$server->isUsable()) {
            throw Failures::notReady($server->key, $server->state, $server->lastReason === null ? null : $server->loss());
        }
        if (\count($server->pending) >= self::MAX_PENDING) {
            throw Failures::make(BackpressureException::class, "\"$server->key\": " . self::MAX_PENDING . ' actions wait for answers already', [
                'serverKey' => $server->key,
                'limitName' => 'max_pending_actions',
                'limit' => self::MAX_PENDING,
                'current' => self::MAX_PENDING,
            ]);
        }
        $answer = $this->answers->of($sent);
        if ($answer->refusal() !== null) {
            throw $answer->refusal();
        }
        $this->sent[] = $sent;
        $server->actionsSent++;
        $pending = new FakePendingAction($this, $sent, $completion, $this->nowMs + $completion->maxDurationMs(self::ACTION_TIMEOUT_MS), $this->nowMs);
        $server->pending[$sent->actionId] = $pending;
        $dueMs = $this->nowMs + $answer->delayMs();
        $messages = $answer->messages($sent, $this->start + $dueMs / 1_000, $completion);
        foreach ($answer->failure() === null ? $messages : [$answer->failure()] as $message) {
            $server->wire[] = [$dueMs, ++$this->arrivals, $pending, $message];
        }

        return $pending;
    }

    /** @return list<SentAction> */
    public function sent(): array
    {
        return $this->sent;
    }

    public function forgetSent(): void
    {
        $this->sent = [];
    }

    /** The application itself ended it: told at once. */
    public function settle(FakePendingAction $pending): void
    {
        unset($this->servers[$pending->serverKey()]->pending[$pending->actionId()]);
        $pending->tell();
        if (!$this->ticking) {
            $this->telling->sound();
        }
    }

    // ---- events and connections --------------------------------------------------------------------------------------

    public function push(AmiEvent $event): void
    {
        $server = $this->server($event->serverKey);
        if (!$server->isUsable()) {
            throw new \LogicException("\"$server->key\" is {$server->state->value}: a server that is not connected sends no events");
        }
        $server->wire[] = [$this->nowMs, ++$this->arrivals, null, $event];
    }

    public function open(FakeServer $server): void
    {
        if (\in_array($server->state, [ConnectionState::Disconnected, ConnectionState::Fatal], true)) {
            $server->become(ConnectionState::Connecting, $this->now());
        }
    }

    public function close(FakeServer $server): void
    {
        if ($server->isUsable()) {
            $server->become(ConnectionState::Closing, $this->now());
        } elseif ($server->state !== ConnectionState::Closing) {
            $this->end($server, 'closed', ConnectionState::Disconnected);
        }
    }

    /** Ends a session, and what waited for it. What had come before is read, unless the application itself ends it. */
    public function end(FakeServer $server, string $reason, ConnectionState $state): void
    {
        if ($reason !== 'closed') {
            $this->drain($server);
        }
        $unwritten = array_filter($server->pending, fn(FakePendingAction $pending): bool => !$pending->isWritten());
        $server->lose($reason, $state, $this->now());
        foreach ($server->pending as $id => $pending) {
            $said = FakeServer::sentence($reason);
            $pending->completion()->fail(isset($unwritten[$id])
                ? Failures::ofAction(ActionSendFailedException::class, $pending->sent(), "the connection was lost before it was sent: $said")
                : Failures::ofAction(ConnectionLostException::class, $pending->sent(), "the connection was lost before the answer, so that its outcome is not known: $said", $server->place()));
            if ($reason === 'closed') {
                $this->settle($pending);
            } else {
                $this->telling->ended($pending);
            }
        }
        $server->pending = [];
    }

    /** It is there again: what was lost is told as a gap. */
    public function restore(FakeServer $server): void
    {
        $gap = $server->ready($this->now());
        if ($gap !== null) {
            $this->telling->gap($gap);
        }
    }

    // ---- the tick ----------------------------------------------------------------------------------------------------

    public function isTicking(): bool
    {
        return $this->ticking;
    }

    public function checkNotTicking(): void
    {
        if ($this->ticking) {
            throw new ReentrancyException('a tick within a tick: a listener or a callback asked for it');
        }
    }

    public function tick(int $timeoutMs = 0): TickSummary
    {
        $this->checkNotTicking();
        $this->deadline($timeoutMs);
        $this->ticking = true;
        $this->telling->begin();
        try {
            $this->nowMs = min($this->nextMs() ?? PHP_INT_MAX, $this->nowMs + min($timeoutMs, self::MAX_TICK_MS));
            $this->read();
            $this->telling->tell();
        } finally {
            $this->ticking = false;
        }
        $this->telling->sound();

        return $this->telling->summary($timeoutMs > self::MAX_TICK_MS);
    }

    /** So many milliseconds pass, and everything that is due meanwhile. */
    public function travel(int $milliseconds): void
    {
        $untilMs = $this->deadline($milliseconds);
        do {
            $this->tick(min(self::MAX_TICK_MS, $untilMs - $this->nowMs));
        } while ($this->nowMs < $untilMs);
    }

    /**
     * Ticks until something is done or the time is over.
     *
     * @param \Closure(): bool $isDone
     * @param \Closure(): int $untilMs of the fake's own time
     */
    public function tickUntil(\Closure $isDone, \Closure $untilMs): bool
    {
        $this->checkNotTicking();
        do {
            if ($isDone()) {
                return true;
            }
            $left = $untilMs() - $this->nowMs;
            $this->tick(max(0, min(self::MAX_TICK_MS, $left)));
        } while ($left > 0);

        return $isDone();
    }

    public function deadline(int $timeoutMs): int
    {
        if ($timeoutMs < 0) {
            throw Failures::invalid('timeoutMs', $timeoutMs, "$timeoutMs is negative; 0 does not wait");
        }

        return $this->nowMs + min($timeoutMs, self::MAX_WAIT_MS);
    }

    public function leftMs(int $untilMs): int
    {
        return max(0, $untilMs - $this->nowMs);
    }

    /** When something is due; now where something can be done already. */
    private function nextMs(): ?int
    {
        if (!$this->telling->isDone()) {
            return $this->nowMs;
        }
        $next = null;
        foreach ($this->servers as $server) {
            if (\in_array($server->state, [ConnectionState::Connecting, ConnectionState::Closing], true)) {
                return $this->nowMs;
            }
            foreach ($server->wire as [$dueMs]) {
                $next = min($next ?? $dueMs, $dueMs);
            }
            foreach ($server->pending as $pending) {
                $next = min($next ?? $pending->deadlineMs(), $pending->deadlineMs());
            }
        }

        return $next === null ? null : max($next, $this->nowMs);
    }

    private function read(): void
    {
        foreach ($this->servers as $server) {
            if ($server->state === ConnectionState::Connecting) {
                $this->telling->count('attempts');
                $server->reachable ? $this->restore($server) : $server->lose($server->lastReason ?? 'connect_timeout', ConnectionState::Reconnecting, $this->now());
            }
            $this->drain($server);
            foreach ($server->pending as $pending) {
                $pending->markWritten();
                if ($pending->deadlineMs() <= $this->nowMs) {
                    $pending->expire();
                    $this->hasEnded($server, $pending);
                }
            }
            if ($server->state === ConnectionState::Closing) {
                $this->end($server, 'closed', ConnectionState::Disconnected);
            }
        }
    }

    /** Takes what has come of a server. */
    private function drain(FakeServer $server): void
    {
        $due = array_filter($server->wire, fn(array $one): bool => $one[0] <= $this->nowMs);
        $server->wire = array_diff_key($server->wire, $due);
        usort($due, static fn(array $one, array $other): int => [$one[0], $one[1]] <=> [$other[0], $other[1]]);
        foreach ($due as [, , $pending, $message]) {
            if (!$message instanceof \Throwable) {
                $this->telling->count('frames');
            }
            $isForListeners = $pending === null || $this->isForListeners($server, $pending, $message);
            if ($isForListeners && $message instanceof AmiEvent) {
                $this->telling->event($message) ? $server->eventsQueued++ : $server->eventsUnheard++;
            }
        }
    }

    /** Gives an action a part of its answer. */
    private function isForListeners(FakeServer $server, FakePendingAction $pending, AmiEvent|AmiResponse|\Throwable $message): bool
    {
        if (!isset($server->pending[$pending->actionId()])) {
            // It has ended already: only what goes to every session is for anybody.
            return $message instanceof AmiEvent && Completion::isBroadcast($message);
        }
        $completion = $pending->completion();
        $isForListeners = false;
        try {
            if ($message instanceof AmiEvent) {
                $isForListeners = $completion->takeEvent($message);
            } elseif ($message instanceof AmiResponse) {
                $completion->take($message);
            } else {
                $completion->fail($message);
            }
        } catch (\Throwable $thrown) {
            // A strategy of the application.
            $this->telling->attempt(static fn() => throw $thrown);
            $completion->fail($thrown);
        }
        $pending->prolong();
        if ($completion->isComplete()) {
            $this->hasEnded($server, $pending);
        }

        return $isForListeners;
    }

    private function hasEnded(FakeServer $server, FakePendingAction $pending): void
    {
        unset($server->pending[$pending->actionId()]);
        $this->telling->ended($pending);
    }
}
