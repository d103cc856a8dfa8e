<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Streams;

/** An entry of a stream, as a group's consumer is given it. */
final readonly class Entry
{
    /**
     * @param string $stream without the application's prefix
     * @param string $id that Redis gave it
     * @param list<string>|null $fields names and values in turn; null where it was trimmed before anybody acknowledged it
     * @param int $deliveries to consumers of the group, this one included
     */
    public function __construct(
        public string $stream,
        public string $id,
        public ?array $fields,
        public int $deliveries,
    ) {}

    public function field(string $name): ?string
    {
        foreach (array_chunk($this->fields ?? [], 2) as $pair) {
            if ($pair[0] === $name) {
                return $pair[1] ?? null;
            }
        }

        return null;
    }
}
