<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Streams;

/**
 * Where a group stands in a stream, as Redis tells it.
 *
 * Its counter of what a group has read does not know, in some versions, of entries that were trimmed before: from then on it is behind.
 * At the end of the stream it shows by how much.
 */
final readonly class Position
{
    /**
     * @param int $added entries ever
     * @param int $length entries now
     * @param int $read entries that the group has read, by the counter
     * @param string $at id of the last one it read
     * @param string|null $first id of the first one there is; null where there is none
     * @param string $last id of the last one there ever was
     */
    public function __construct(
        private int $added,
        private int $length,
        private int $read,
        public string $at,
        private ?string $first,
        private string $last,
    ) {}

    /** By how much the counter is behind; null where the group is not at the end of the stream. */
    public function counterError(): ?int
    {
        return $this->at === $this->last ? $this->added - $this->read : null;
    }

    /** Entries that were trimmed before the group has read them, and that lie ahead of it. */
    public function trimmedUnread(int $counterError): int
    {
        $isAhead = $this->at !== $this->last && ($this->first === null || self::compare($this->first, $this->at) > 0);

        return $isAhead ? max(0, $this->added - $this->length - $this->read - $counterError) : 0;
    }

    private static function compare(string $id, string $other): int
    {
        return array_map(intval(...), explode('-', $id)) <=> array_map(intval(...), explode('-', $other));
    }
}
