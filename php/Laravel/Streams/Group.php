<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Streams;

use Apn\AmiClient\Laravel\Redis\RedisErrorException;
use Apn\AmiClient\Laravel\Redis\RedisLink;

/**
 * One consumer of a group that reads streams: its commands, and what Redis answers.
 *
 * All methods throw what RedisLink throws.
 */
final readonly class Group
{
    /**
     * @param non-empty-list<string> $streams without the application's prefix; in a cluster all in one slot
     * @param string $name of the group
     * @param string $consumer its name: no other process may use it at the same time
     */
    public function __construct(
        private RedisLink $redis,
        public array $streams,
        public string $name,
        public string $consumer,
    ) {}

    /** @param string $from `0` for the start of what is there, `$` for its end; of groups that are there already nothing changes */
    public function create(string $from): void
    {
        foreach ($this->streams as $stream) {
            $key = $this->redis->key($stream);
            try {
                $this->redis->call($key, ['XGROUP', 'CREATE', $key, $this->name, $from, 'MKSTREAM']);
            } catch (RedisErrorException $exception) {
                if (!$exception->is('BUSYGROUP')) {
                    throw $exception;
                }
            }
        }
    }

    /**
     * Entries that no consumer of the group was given before.
     *
     * @param int $blockMs to wait for some; 0 does not wait
     *
     * @return list<Entry>
     */
    public function readNew(int $count, int $blockMs): array
    {
        $keys = array_map($this->redis->key(...), $this->streams);
        $block = $blockMs > 0 ? ['BLOCK', $blockMs] : [];
        $reply = $this->redis->call($keys[0], ['XREADGROUP', 'GROUP', $this->name, $this->consumer, 'COUNT', $count, ...$block, 'STREAMS', ...$keys, ...array_fill(0, \count($keys), '>')]);
        $entries = [];
        foreach (self::lists($reply) as $stream) {
            $key = \is_string($stream[0] ?? null) ? $stream[0] : '';
            array_push($entries, ...$this->entries($this->redis->name($key), $stream[1] ?? null));
        }

        return $entries;
    }

    /**
     * Entries that this consumer was given and has not acknowledged, as after a crash.
     *
     * @param string $after id of the last one of the page before
     *
     * @return list<Entry>
     */
    public function readOwn(string $stream, int $count, string $after): array
    {
        $key = $this->redis->key($stream);
        $reply = $this->redis->call($key, ['XREADGROUP', 'GROUP', $this->name, $this->consumer, 'COUNT', $count, 'STREAMS', $key, $after]);

        return $this->counted($stream, $this->entries($stream, self::lists($reply)[0][1] ?? null));
    }

    /**
     * Takes over entries that some consumer was given so long ago that it must have died or failed.
     *
     * @param string $from the cursor of the page before; `0-0` to begin
     *
     * @return array{string, list<Entry>, int} the cursor of the next page, `0-0` for none; what was taken over; and how many there
     *     were that were trimmed meanwhile, and are gone
     */
    public function claim(string $stream, int $idleMs, int $count, string $from): array
    {
        $key = $this->redis->key($stream);
        $reply = $this->redis->call($key, ['XAUTOCLAIM', $key, $this->name, $this->consumer, $idleMs, $from, 'COUNT', $count]);
        $reply = \is_array($reply) ? array_values($reply) : [];

        return [
            \is_string($reply[0] ?? null) ? $reply[0] : '0-0',
            $this->counted($stream, $this->entries($stream, $reply[1] ?? null)),
            \is_array($reply[2] ?? null) ? \count($reply[2]) : 0,
        ];
    }

    /**
     * Has the time until others may take entries over begin anew.
     *
     * @param non-empty-list<Entry> $entries of one stream
     *
     * @return list<Entry> those that are still this consumer's
     */
    public function extend(array $entries): array
    {
        $deliveries = $this->deliveries($entries);
        $own = array_values(array_filter($entries, static fn(Entry $entry): bool => isset($deliveries[$entry->id])));
        if ($own !== []) {
            $key = $this->redis->key($own[0]->stream);
            $this->redis->call($key, ['XCLAIM', $key, $this->name, $this->consumer, 0, ...array_map(static fn(Entry $entry): string => $entry->id, $own), 'JUSTID']);
        }

        return $own;
    }

    public function acknowledge(Entry $entry): void
    {
        $key = $this->redis->key($entry->stream);
        $this->redis->call($key, ['XACK', $key, $this->name, $entry->id]);
    }

    /** Puts an entry among the dead letters, and acknowledges it: in this order, so that it is in one of them at least. */
    public function bury(Entry $entry, string $error, string $deadLetters, int $maxLength): void
    {
        $key = $this->redis->key($deadLetters);
        $this->redis->call($key, [
            'XADD', $key, 'MAXLEN', '~', $maxLength, '*', ...$entry->fields ?? [],
            'stream', $entry->stream, 'entry', $entry->id, 'group', $this->name, 'deliveries', $entry->deliveries, 'error', $error,
        ]);
        $this->acknowledge($entry);
    }

    /**
     * Where this group stands in a stream.
     *
     * @return Position|null null where Redis does not tell: it does since 7.0
     */
    public function position(string $stream): ?Position
    {
        $key = $this->redis->key($stream);
        [$about, $groups] = $this->redis->pipeline([[$key, ['XINFO', 'STREAM', $key]], [$key, ['XINFO', 'GROUPS', $key]]]);
        $about = self::map($about);
        [$added, $length, $last] = [$about['entries-added'] ?? null, $about['length'] ?? null, $about['last-generated-id'] ?? null];
        $first = \is_array($about['first-entry'] ?? null) ? $about['first-entry'][0] ?? null : null;
        foreach (self::lists($groups) as $group) {
            $group = self::map($group);
            [$read, $at] = [$group['entries-read'] ?? null, $group['last-delivered-id'] ?? null];
            if (($group['name'] ?? null) === $this->name && \is_int($added) && \is_int($length) && \is_string($last) && \is_int($read) && \is_string($at)) {
                return new Position($added, $length, $read, $at, \is_string($first) ? $first : null, $last);
            }
        }

        return null;
    }

    /** Forgets this consumer, unless entries were given to it that nobody has acknowledged: they would be forgotten with it. */
    public function leave(): void
    {
        foreach ($this->streams as $stream) {
            $key = $this->redis->key($stream);
            if (self::lists($this->redis->call($key, ['XPENDING', $key, $this->name, '-', '+', 1, $this->consumer])) === []) {
                $this->redis->call($key, ['XGROUP', 'DELCONSUMER', $key, $this->name, $this->consumer]);
            }
        }
    }

    /** Before another attempt after a failure. */
    public function disconnect(): void
    {
        $this->redis->drop();
    }

    /** @return list<Entry> */
    private function entries(string $stream, mixed $reply): array
    {
        $entries = [];
        // Redis 6 has nothing in the place of one that was trimmed.
        foreach (self::lists($reply) as $entry) {
            if (\is_string($entry[0] ?? null)) {
                $fields = \is_array($entry[1] ?? null) ? array_values(array_filter($entry[1], is_string(...))) : null;
                $entries[] = new Entry($stream, $entry[0], $fields === [] ? null : $fields, 1);
            }
        }

        return $entries;
    }

    /**
     * @param list<Entry> $entries
     *
     * @return list<Entry> with how often they were delivered
     */
    private function counted(string $stream, array $entries): array
    {
        if ($entries === []) {
            return [];
        }
        $deliveries = $this->deliveries($entries);

        return array_map(static fn(Entry $entry): Entry => new Entry($stream, $entry->id, $entry->fields, $deliveries[$entry->id] ?? 1), $entries);
    }

    /**
     * @param non-empty-list<Entry> $entries of one stream, by growing ids
     *
     * @return array<string, int> by id; only those that are this consumer's
     */
    private function deliveries(array $entries): array
    {
        $key = $this->redis->key($entries[0]->stream);
        $last = $entries[\count($entries) - 1]->id;
        $deliveries = [];
        $from = $entries[0]->id;
        do {
            $pending = self::lists($this->redis->call($key, ['XPENDING', $key, $this->name, $from, $last, 1_000, $this->consumer]));
            foreach ($pending as $one) {
                if (\is_string($one[0] ?? null) && \is_int($one[3] ?? null)) {
                    [$deliveries[$one[0]], $from] = [$one[3], "($one[0]"];
                }
            }
        } while (\count($pending) === 1_000);

        return $deliveries;
    }

    /** @return list<list<mixed>> */
    private static function lists(mixed $reply): array
    {
        $lists = [];
        foreach (\is_array($reply) ? $reply : [] as $one) {
            if (\is_array($one)) {
                $lists[] = array_values($one);
            }
        }

        return $lists;
    }

    /** @return array<string, mixed> of a flat list of names and values */
    private static function map(mixed $reply): array
    {
        $map = [];
        foreach (array_chunk(\is_array($reply) ? array_values($reply) : [], 2) as $pair) {
            if (\is_string($pair[0])) {
                $map[$pair[0]] = $pair[1] ?? null;
            }
        }

        return $map;
    }
}
