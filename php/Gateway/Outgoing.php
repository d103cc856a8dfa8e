<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/**
 * Answers on their way to Redis, the oldest first. How many there are is bounded by what a listener takes; how long they are, here: over
 * it the oldest is given up, and who waits for it learns that the outcome is not known.
 *
 * @internal
 */
final class Outgoing
{
    /** Eight of the longest answers. */
    private const int MAX_BYTES = 64 << 20;

    /** @var array<string, array{string, string, bool, int}> id, answer, whether it is void, until when it is kept; by id, of which PHP makes integers where they look like some */
    private array $answers = [];

    private int $bytes = 0;

    private int $dropped = 0;

    public function add(string $id, string $answer, bool $isVoid, int $untilMs): void
    {
        $this->remove($id);
        $this->answers[$id] = [$id, $answer, $isVoid, $untilMs];
        $this->bytes += \strlen($answer);
        while ($this->bytes > self::MAX_BYTES) {
            $this->drop();
        }
    }

    /** @return array{string, string, bool}|null id, answer, whether it is void */
    public function first(): ?array
    {
        $first = reset($this->answers);

        return $first === false ? null : [$first[0], $first[1], $first[2]];
    }

    public function remove(string $id): void
    {
        $this->bytes -= \strlen($this->answers[$id][1] ?? '');
        unset($this->answers[$id]);
    }

    /** Lets the others go first. */
    public function postpone(string $id): void
    {
        $answer = $this->answers[$id] ?? null;
        if ($answer !== null) {
            unset($this->answers[$id]);
            $this->answers[$id] = $answer;
        }
    }

    /** Gives up those that nobody can be waiting for any more. */
    public function expire(int $nowMs): void
    {
        while (($first = reset($this->answers)) !== false && $first[3] <= $nowMs) {
            $this->drop();
        }
    }

    /** Whether there is an answer to what was carried out, or may have been. */
    public function hasOutcome(string $id): bool
    {
        return ($this->answers[$id][2] ?? true) === false;
    }

    public function has(string $id): bool
    {
        return isset($this->answers[$id]);
    }

    public function count(): int
    {
        return \count($this->answers);
    }

    public function bytes(): int
    {
        return $this->bytes;
    }

    public function dropped(): int
    {
        return $this->dropped;
    }

    private function drop(): void
    {
        $first = $this->first();
        if ($first !== null) {
            $this->remove($first[0]);
            $this->dropped++;
        }
    }
}
