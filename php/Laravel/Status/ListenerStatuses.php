<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Status;

use Apn\AmiClient\Worker\WorkerStatus;
use Illuminate\Contracts\Cache\Repository;

/**
 * How all listeners are, in the application's cache: they tell, `ami:status` reads.
 *
 * An entry is gone by itself once its listener has told nothing for a while, and at once when that left in order. Processes that share
 * no cache (stores `array` and `apc`; `file` on another machine) do not see each other.
 */
final readonly class ListenerStatuses
{
    private const string INDEX = 'ami-client:listeners';

    private const string ENTRY = 'ami-client:listener:';

    /** An entry outlives so many of its intervals, and some seconds more: one that is late is not gone. */
    private const int INTERVALS = 3;

    private const int GRACE_SECONDS = 30;

    /** As many intervals and so many seconds without a word, and a listener is silent: it was killed, or hangs. */
    private const int SILENT_SECONDS = 10;

    /** The index outlives a night in which nobody listens. */
    private const int INDEX_SECONDS = 86_400;

    /** Listeners in the index; the ones that told last stay. */
    private const int MAX_LISTENERS = 200;

    public function __construct(private Repository $cache) {}

    /** @param float $seconds between two words of a listener */
    public static function silentAfter(float $seconds): float
    {
        return self::INTERVALS * $seconds + self::SILENT_SECONDS;
    }

    /**
     * @return list<WorkerStatus> those at work first, then by host and process id
     */
    public function all(): array
    {
        $all = [];
        foreach (array_keys($this->index()) as $instance) {
            $status = $this->find((string) $instance);
            if ($status !== null) {
                $all[] = $status;
            }
        }
        usort($all, static fn(WorkerStatus $a, WorkerStatus $b): int => [$a->state !== 'active', $a->host, $a->pid] <=> [$b->state !== 'active', $b->host, $b->pid]);

        return $all;
    }

    public function find(string $instance): ?WorkerStatus
    {
        $told = $this->cache->get(self::ENTRY . $instance);
        $told = \is_string($told) ? json_decode($told, true) : null;

        return \is_array($told) ? WorkerStatus::fromArray($told) : null;
    }

    /** @param float $seconds until it is told again */
    public function put(WorkerStatus $status, float $seconds): void
    {
        $lifetime = (int) ceil($seconds * self::INTERVALS) + self::GRACE_SECONDS;
        $json = json_encode($status, \JSON_THROW_ON_ERROR | \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_PRESERVE_ZERO_FRACTION);
        $this->cache->put(self::ENTRY . $status->instance, $json, $lifetime);
        // Two that write this at once may lose one of them, until that one tells again.
        $now = time();
        $index = array_filter($this->index(), static fn(int $until): bool => $until > $now);
        $index[$status->instance] = $now + $lifetime;
        arsort($index);
        $this->cache->put(self::INDEX, \array_slice($index, 0, self::MAX_LISTENERS, true), self::INDEX_SECONDS);
    }

    public function forget(string $instance): void
    {
        $this->cache->forget(self::ENTRY . $instance);
        $index = $this->index();
        unset($index[$instance]);
        $this->cache->put(self::INDEX, $index, self::INDEX_SECONDS);
    }

    /** @return array<array-key, int> until when each is kept, by instance */
    private function index(): array
    {
        $index = $this->cache->get(self::INDEX);

        return \is_array($index) ? array_filter($index, is_int(...)) : [];
    }
}
