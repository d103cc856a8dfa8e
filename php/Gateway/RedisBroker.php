<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/** The broker in Redis. Each method is one round trip. */
final readonly class RedisBroker implements Broker
{
    /** @param string $prefix of all keys */
    public function __construct(private Redis $redis, private string $prefix) {}

    public function now(): int
    {
        return self::int($this->run(Scripts::NOW));
    }

    public function submit(Submission $submission): Submitted
    {
        $said = $this->run(
            Scripts::SUBMIT,
            $submission->id,
            $submission->server,
            $submission->body,
            $submission->fingerprint,
            $submission->deadlineMs,
            $submission->holdMs,
            $submission->keepMs,
            $submission->maxWaiting,
        );

        return (\is_string($said) ? Submitted::tryFrom($said) : null) ?? throw self::unexpected();
    }

    public function awaitAnswer(string $id, int $timeoutMs): ?string
    {
        return $this->redis->waitForItem("{$this->prefix}answer:$id", $timeoutMs);
    }

    public function look(string $id): Standing
    {
        $said = self::strings($this->run(Scripts::LOOK, $id));

        return match ($said[0] ?? null) {
            'answered' => new Standing($said[1] ?? throw self::unexpected()),
            'claimed' => new Standing(claimed: true),
            'waiting' => new Standing(),
            'unknown' => new Standing(known: false),
            default => throw self::unexpected(),
        };
    }

    public function withdraw(string $id): bool
    {
        return self::int($this->run(Scripts::WITHDRAW, $id)) === 1;
    }

    public function snapshots(): array
    {
        return self::strings($this->run(Scripts::SNAPSHOTS));
    }

    public function waiting(): int
    {
        return self::int($this->run(Scripts::WAITING));
    }

    public function take(string $listener, array $servers, int $max): Taken
    {
        return self::taken($this->run(Scripts::TAKE, $listener, $max, ...$servers));
    }

    public function reclaim(string $listener, array $ids): Taken
    {
        return self::taken($this->run(Scripts::RECLAIM, $listener, ...$ids));
    }

    public function restore(string $listener, array $ids): void
    {
        $this->run(Scripts::RESTORE, $listener, ...$ids);
    }

    public function beat(string $listener, int $leaseMs, string $snapshot): Pulse
    {
        $said = $this->run(Scripts::BEAT, $listener, $leaseMs, $snapshot);
        if (!\is_array($said)) {
            throw self::unexpected();
        }
        $counts = [];
        foreach (array_chunk(self::strings($said[2] ?? null), 2) as $pair) {
            $counts[$pair[0]] = (int) ($pair[1] ?? 0);
        }

        return new Pulse(self::strings($said[1] ?? null), self::int($said[0] ?? null), $counts);
    }

    public function answer(string $listener, string $id, string $answer, int $keepMs, bool $void): bool
    {
        return self::int($this->run(Scripts::ANSWER, $listener, $id, $answer, $keepMs, $void ? 1 : 0)) === 1;
    }

    public function leave(string $listener): void
    {
        $this->run(Scripts::LEAVE, $listener);
    }

    private function run(string $script, string|int ...$arguments): mixed
    {
        return $this->redis->script($script, $this->prefix, array_values($arguments));
    }

    private static function taken(mixed $said): Taken
    {
        $strings = self::strings($said);
        $bodies = [];
        foreach (array_chunk(\array_slice($strings, 1), 2) as $pair) {
            $bodies[$pair[0]] = $pair[1] ?? throw self::unexpected();
        }

        return new Taken((int) ($strings[0] ?? throw self::unexpected()), $bodies);
    }

    private static function int(mixed $said): int
    {
        return \is_int($said) ? $said : throw self::unexpected();
    }

    /** @return list<string> */
    private static function strings(mixed $said): array
    {
        if (!\is_array($said)) {
            throw self::unexpected();
        }
        $strings = [];
        foreach ($said as $one) {
            $strings[] = \is_string($one) ? $one : throw self::unexpected();
        }

        return $strings;
    }

    private static function unexpected(): RedisFailedException
    {
        return new RedisFailedException('Redis gave an answer that its script cannot have given');
    }
}
