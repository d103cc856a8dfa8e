<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway\Support;

use Apn\AmiClient\Gateway\Broker;
use Apn\AmiClient\Gateway\Pulse;
use Apn\AmiClient\Gateway\RedisFailedException;
use Apn\AmiClient\Gateway\Standing;
use Apn\AmiClient\Gateway\Submission;
use Apn\AmiClient\Gateway\Submitted;
use Apn\AmiClient\Gateway\Taken;

/** The broker in this process, in virtual time. The contract test holds it to what the one in Redis does. */
final class MemoryBroker implements Broker
{
    public int $nowMs = 1_700_000_000_000;

    /** What a wait for an answer does meanwhile: a listener that is polled, say. Gets the milliseconds. */
    public ?\Closure $meanwhile = null;

    /** Hears of each call before it is done. */
    public ?\Closure $onCall = null;

    /** Over it an answer does not arrive in time. */
    public int $mostBytes = \PHP_INT_MAX;

    /** How it fails, if it does: before it did anything, or after. */
    public ?string $failure = null;

    /** @var array<string, array{state: string, submission: Submission, by: string}> */
    private array $requests = [];

    /** @var array<string, int> until when what is claimed is kept */
    private array $heldUntilMs = [];

    /** @var array<string, string> */
    private array $answers = [];

    /** @var array<string, list<string>> */
    private array $queues = [];

    /** @var array<string, array{int, string}> until when it counts as alive, and what it said */
    private array $listeners = [];

    /** @var array<string, int> */
    private array $counts = [];

    /** @var list<string> names of methods, as they were called */
    public array $calls = [];

    public function advance(int $ms): void
    {
        $this->nowMs += $ms;
    }

    /** As a Redis that keeps nothing on disk does. */
    public function loseAll(): void
    {
        $this->requests = $this->answers = $this->queues = $this->listeners = $this->counts = [];
    }

    /** @return \Closure(): void goes back to this moment */
    public function moment(): \Closure
    {
        $kept = [$this->requests, $this->answers, $this->queues, $this->listeners, $this->counts];

        return function () use ($kept): void {
            [$this->requests, $this->answers, $this->queues, $this->listeners, $this->counts] = $kept;
        };
    }

    public function now(): int
    {
        return $this->done('now', fn(): int => $this->nowMs);
    }

    public function submit(Submission $submission): Submitted
    {
        return $this->done('submit', function () use ($submission): Submitted {
            $id = $submission->id;
            if (($this->heldUntilMs[$id] ?? \PHP_INT_MAX) <= $this->nowMs && ($this->requests[$id]['state'] ?? '') === 'claimed') {
                unset($this->requests[$id]);
            }
            $known = $this->requests[$id] ?? null;
            if ($known !== null && !\in_array($known['submission']->fingerprint, ['', $submission->fingerprint], true)) {
                return Submitted::Conflict;
            }
            $this->expireIfOver($id);
            if ($known !== null && $this->requests[$id]['state'] !== 'void') {
                return Submitted::Known;
            }
            if ($submission->deadlineMs <= $this->nowMs) {
                return Submitted::Late;
            }
            $this->sweep();
            if ($this->howManyWait() >= $submission->maxWaiting) {
                $this->count('full');

                return Submitted::Full;
            }
            unset($this->answers[$id]);
            $this->requests[$id] = ['state' => 'waiting', 'submission' => $submission, 'by' => ''];
            $this->queues[$submission->server][] = $id;

            return Submitted::Queued;
        });
    }

    public function awaitAnswer(string $id, int $timeoutMs): ?string
    {
        return $this->done('awaitAnswer', function () use ($id, $timeoutMs): ?string {
            for ($left = $timeoutMs; $left > 0 && !isset($this->answers[$id]); $left--) {
                $this->nowMs++;
                if ($this->meanwhile !== null) {
                    ($this->meanwhile)();
                }
            }

            return $this->answers[$id] ?? null;
        });
    }

    public function look(string $id): Standing
    {
        return $this->done('look', function () use ($id): Standing {
            $this->expireIfOver($id);
            $request = $this->requests[$id] ?? null;
            if ($request !== null && $request['state'] === 'claimed' && ($this->listeners[$request['by']][0] ?? 0) <= $this->nowMs) {
                $this->lose($id);
            }

            return new Standing($this->answers[$id] ?? null, ($request['state'] ?? '') === 'claimed' && !isset($this->answers[$id]), $request !== null || isset($this->answers[$id]));
        });
    }

    public function withdraw(string $id): bool
    {
        return $this->done('withdraw', function () use ($id): bool {
            if (($this->requests[$id]['state'] ?? '') !== 'waiting') {
                return false;
            }
            $this->end($id, 'void', Broker::EXPIRED);
            $this->count('withdrawn');

            return true;
        });
    }

    public function snapshots(): array
    {
        return $this->done('snapshots', fn(): array => array_values(array_filter(array_map(
            fn(array $listener): string => $listener[0] > $this->nowMs ? $listener[1] : '',
            $this->listeners,
        ), static fn(string $snapshot): bool => $snapshot !== '')));
    }

    public function waiting(): int
    {
        return $this->done('waiting', fn(): int => $this->howManyWait());
    }

    public function take(string $listener, array $servers, int $max): Taken
    {
        return $this->done('take', function () use ($listener, $servers, $max): Taken {
            $bodies = [];
            foreach (($this->listeners[$listener][0] ?? 0) > $this->nowMs ? $servers : [] as $server) {
                while (\count($bodies) < $max && ($this->queues[$server] ?? []) !== []) {
                    $id = array_shift($this->queues[$server]);
                    $this->expireIfOver($id);
                    if (($this->requests[$id]['state'] ?? '') === 'waiting') {
                        [$this->requests[$id]['state'], $this->requests[$id]['by']] = ['claimed', $listener];
                        $bodies[$id] = $this->requests[$id]['submission']->body;
                        $this->heldUntilMs[$id] = $this->nowMs + $this->requests[$id]['submission']->holdMs;
                    }
                }
            }

            return new Taken($this->nowMs, $bodies);
        });
    }

    public function reclaim(string $listener, array $ids): Taken
    {
        return $this->done('reclaim', function () use ($listener, $ids): Taken {
            $bodies = [];
            foreach (array_intersect($ids, $this->claimedBy($listener)) as $id) {
                $bodies[$id] = $this->requests[$id]['submission']->body;
            }

            return new Taken($this->nowMs, $bodies);
        });
    }

    public function restore(string $listener, array $ids): void
    {
        $this->done('restore', function () use ($listener, $ids): bool {
            foreach ($ids as $id) {
                $request = $this->requests[$id] ?? ['state' => '', 'by' => ''];
                if (!isset($this->answers[$id]) && ($request['state'] !== 'claimed' || $request['by'] === $listener)) {
                    $this->requests[$id] = ['state' => 'claimed', 'submission' => $this->requests[$id]['submission'] ?? new Submission($id, '', '', '', 0, 0, 0, 0), 'by' => $listener];
                }
            }

            return true;
        });
    }

    public function beat(string $listener, int $leaseMs, string $snapshot): Pulse
    {
        return $this->done('beat', function () use ($listener, $leaseMs, $snapshot): Pulse {
            $this->listeners[$listener] = [$this->nowMs + $leaseMs, $snapshot];
            foreach ($this->listeners as $other => [$until]) {
                if ($until <= $this->nowMs) {
                    $this->bury($other);
                }
            }
            $this->sweep();

            return new Pulse($this->claimedBy($listener), $this->howManyWait(), $this->counts);
        });
    }

    public function answer(string $listener, string $id, string $answer, int $keepMs, bool $void): bool
    {
        return $this->done('answer', function () use ($listener, $id, $answer, $void): bool {
            if (\strlen($answer) > $this->mostBytes) {
                throw new RedisFailedException('read error on connection', true);
            }
            if (isset($this->answers[$id])) {
                return $this->answers[$id] === $answer;
            }
            if ($void && isset($this->requests[$id]) && [$this->requests[$id]['state'], $this->requests[$id]['by']] !== ['claimed', $listener]) {
                return false;
            }
            if (isset($this->requests[$id])) {
                $this->end($id, $void ? 'void' : 'answered', $answer);
            } else {
                $this->answers[$id] = $answer;
            }

            return true;
        });
    }

    public function leave(string $listener): void
    {
        $this->done('leave', function () use ($listener): bool {
            $this->bury($listener);

            return true;
        });
    }

    /**
     * @template T
     *
     * @param \Closure(): T $work
     *
     * @return T
     */
    private function done(string $method, \Closure $work): mixed
    {
        $this->calls[] = $method;
        if ($this->onCall !== null) {
            ($this->onCall)($method);
        }
        if ($this->failure === 'before' || $this->failure === "before $method") {
            throw new RedisFailedException('no route to Redis', false);
        }
        $result = $work();
        if ($this->failure === 'after' || $this->failure === "after $method") {
            throw new RedisFailedException('Redis went away', true);
        }

        return $result;
    }

    private function expireIfOver(string $id): void
    {
        $request = $this->requests[$id] ?? null;
        if ($request !== null && $request['state'] === 'waiting' && $request['submission']->deadlineMs <= $this->nowMs) {
            $this->end($id, 'void', Broker::EXPIRED);
            $this->count('expired');
        }
    }

    private function sweep(): void
    {
        foreach (array_keys($this->requests) as $id) {
            $this->expireIfOver($id);
        }
    }

    private function howManyWait(): int
    {
        return \count(array_filter($this->requests, static fn(array $request): bool => $request['state'] === 'waiting'));
    }

    /** @return list<string> */
    private function claimedBy(string $listener): array
    {
        return array_map(strval(...), array_keys(array_filter($this->requests, fn(array $request): bool => $request['state'] === 'claimed' && $request['by'] === $listener)));
    }

    private function bury(string $listener): void
    {
        foreach ($this->claimedBy($listener) as $id) {
            $this->lose($id);
        }
        unset($this->listeners[$listener]);
    }

    private function lose(string $id): void
    {
        $this->end($id, 'lost', Broker::LOST);
        $this->count('lost');
    }

    private function end(string $id, string $state, string $answer): void
    {
        $this->answers[$id] ??= $answer;
        $this->requests[$id]['state'] = $state;
    }

    private function count(string $what): void
    {
        $this->counts[$what] = ($this->counts[$what] ?? 0) + 1;
    }
}
