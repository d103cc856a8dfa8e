<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Streams;

use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Bridge\MalformedPayloadException;
use Apn\AmiClient\Laravel\Bridges\RedisStreams;
use Apn\AmiClient\Laravel\Redis\RedisErrorException;
use Psr\Log\LoggerInterface;

/**
 * Consumes streams as one of a group: each entry is handled by one of them, at least once.
 *
 * First come the entries that this consumer was given before and has not acknowledged; then new ones, and from time to time those that
 * another one has held for too long. An entry is acknowledged once its handler has returned. Where the handler throws, it is delivered
 * again after the time for taking over; and after so many deliveries it goes to the dead letters. So does what is no payload.
 *
 * Where Redis is not to be had, it waits and tries again; where Redis has forgotten the group, it is made again, from the beginning of
 * what is there, and the log says so.
 */
final class Consumer
{
    private const float FIRST_PAUSE = 0.1;

    private const float LONGEST_PAUSE = 5.0;

    /** A signal ends a pause after so many seconds at most. */
    private const float SLICE = 0.1;

    private const float LOG_SECONDS = 1.0;

    /** Who is to leave when all is read tries so long to read at all: it is no supervisor's process, but cron's. */
    private const float ONCE_SECONDS = 30.0;

    /** Entries at once that were delivered before: Redis counts each delivery, and one that kills consumers must not take others with it. */
    private const int ONE = 1;

    /** Between two looks at what was trimmed unread. */
    private const float TRIM_CHECK_SECONDS = 1.0;

    public readonly Tally $tally;

    private bool $stopping = false;

    /** @var array<array-key, string> where the entries of before are read on, by stream; empty once there are none */
    private array $own = [];

    /** @var array<array-key, string> where taking over goes on, by stream; empty where it is not going on */
    private array $claims = [];

    private float $claimAt = 0.0;

    private float $trimCheckAt = 0.0;

    /** @var array<string, array{int, string}> what is counted as trimmed unread, and where the group stood, by stream */
    private array $trimmed = [];

    /** @var array<string, int> by stream ({@see Position}) */
    private array $counterErrors = [];

    /** @var array<string, Entry> handled, and Redis did not take the acknowledgement; at most those of one read */
    private array $unacknowledged = [];

    private bool $isJoined = false;

    private bool $hasJoined = false;

    private int $failures = 0;

    private float $failingSince = 0.0;

    private float $logAt = 0.0;

    private float $logBuriedAt = 0.0;

    /**
     * @param \Closure(EventPayload): mixed $handler
     * @param \Closure(\Throwable, EventPayload): mixed $report what a handler throws
     * @param \Closure(): bool $mustRestart asked between two reads
     * @param (\Closure(): float)|null $now seconds of a clock that nobody sets; null for the system's
     * @param (\Closure(float): mixed)|null $sleep waits so many seconds; null for the system's
     */
    public function __construct(
        private readonly Group $group,
        private readonly \Closure $handler,
        private readonly ConsumerOptions $options = new ConsumerOptions(),
        private readonly ?LoggerInterface $logger = null,
        private readonly ?\Closure $report = null,
        private readonly ?\Closure $mustRestart = null,
        private readonly ?\Closure $now = null,
        private readonly ?\Closure $sleep = null,
    ) {
        $this->tally = new Tally();
    }

    /** Ends run() after the entry in hand; at the latest when the read that waits returns. May be called by the handler and signals. */
    public function stop(): void
    {
        $this->stopping = true;
    }

    /** Reads until stop(), a limit or the restart signal. */
    public function run(): Tally
    {
        $this->stopping = false;
        $end = $this->options->maxSeconds === null ? INF : $this->now() + $this->options->maxSeconds;
        while (!$this->shouldStop($end)) {
            try {
                $isDone = $this->round();
                $this->recovered();
                if ($isDone && $this->options->once) {
                    break;
                }
            } catch (\Throwable $thrown) {
                $this->failed($thrown, $end);
            }
        }
        try {
            $this->settle();
            $this->group->leave();
        } catch (\Throwable) {
            // What is not acknowledged is delivered again, to this consumer or another.
        }

        return $this->tally;
    }

    /** Whether the last it saw of Redis was a failure. */
    public function isFailing(): bool
    {
        return $this->failures > 0;
    }

    /** @return bool whether there was nothing left to read */
    private function round(): bool
    {
        if (!$this->isJoined) {
            $this->group->create($this->hasJoined ? '0' : $this->options->from);
            [$this->isJoined, $this->hasJoined] = [true, true];
            $this->own = array_fill_keys($this->group->streams, '0');
        }
        $this->settle();
        $stream = array_key_first($this->own);
        if ($stream !== null) {
            $entries = $this->group->readOwn((string) $stream, self::ONE, $this->own[$stream]);
            if ($entries === []) {
                unset($this->own[$stream]);
            } else {
                $this->own[$stream] = $entries[\count($entries) - 1]->id;
            }

            $this->handleAll($entries);

            return false;
        }
        $this->checkTrimmed();
        $this->claim();
        if ($this->stopping) {
            return false;
        }
        // Who takes over has no time to wait for new ones.
        $blockMs = $this->options->once || $this->claims !== [] ? 0 : $this->options->blockMs;
        $entries = $this->group->readNew($this->options->count, $blockMs);
        $this->handleAll($entries);

        return $entries === [] && $this->claims === [];
    }

    private function claim(): void
    {
        $now = $this->now();
        if ($this->claims === [] && $now >= $this->claimAt) {
            // Often enough that an entry waits little longer than it must.
            $this->claimAt = $now + $this->options->claimIdleMs / 4e3;
            $this->claims = array_fill_keys($this->group->streams, '0-0');
        }
        // No more at a time than are read, as new ones wait behind them.
        for ($left = $this->options->count; $left > 0 && $this->claims !== [] && !$this->stopping; $left--) {
            $this->claimOne((string) array_key_first($this->claims));
        }
    }

    private function claimOne(string $stream): void
    {
        [$cursor, $entries, $gone] = $this->group->claim($stream, $this->options->claimIdleMs, self::ONE, $this->claims[$stream]);
        if ($cursor === '0-0') {
            unset($this->claims[$stream]);
        } else {
            $this->claims[$stream] = $cursor;
        }
        $this->tally->claimed += \count($entries);
        $this->trimmedPending($gone, $stream);
        $this->handleAll($entries);
    }

    /** @param list<Entry> $entries */
    private function handleAll(array $entries): void
    {
        $extendAt = $this->now() + $this->options->claimIdleMs / 2e3;
        while ($entries !== [] && !$this->stopping) {
            if ($this->now() >= $extendAt) {
                $entries = $this->extend($entries);
                $extendAt = $this->now() + $this->options->claimIdleMs / 2e3;
            }
            $entry = array_shift($entries);
            if ($entry !== null) {
                $this->handle($entry);
            }
        }
    }

    /**
     * Handlers were slow: others would take over what waits here behind them.
     *
     * @param non-empty-list<Entry> $entries
     *
     * @return list<Entry>
     */
    private function extend(array $entries): array
    {
        $byStream = [];
        foreach ($entries as $entry) {
            $byStream[$entry->stream][] = $entry;
        }

        return array_merge(...array_map($this->group->extend(...), array_values($byStream)));
    }

    private function handle(Entry $entry): void
    {
        if (isset($this->unacknowledged[self::key($entry)])) {
            return;
        }
        if ($entry->fields === null) {
            $this->trimmedPending(1, $entry->stream);
            $this->group->acknowledge($entry);

            return;
        }
        try {
            $payload = EventPayload::fromJson($entry->field(RedisStreams::FIELD) ?? throw new MalformedPayloadException(RedisStreams::FIELD, 'there is no such field'));
        } catch (MalformedPayloadException $exception) {
            $this->bury($entry, $exception->getMessage());

            return;
        }
        if ($entry->deliveries > $this->options->maxDeliveries) {
            $this->bury($entry, 'delivered too often: no consumer survived it, or was given the time');

            return;
        }
        try {
            ($this->handler)($payload);
        } catch (\Throwable $thrown) {
            $this->tally->failed++;
            $this->attempt(fn() => $this->report === null ? null : ($this->report)($thrown, $payload));
            if ($entry->deliveries >= $this->options->maxDeliveries) {
                $this->bury($entry, $thrown::class . ': ' . $thrown->getMessage());
            }

            return;
        }
        $this->tally->handled++;
        $this->unacknowledged[self::key($entry)] = $entry;
        $this->settle();
    }

    /** Acknowledges what is handled: also what Redis did not take before. */
    private function settle(): void
    {
        foreach ($this->unacknowledged as $key => $entry) {
            $this->group->acknowledge($entry);
            unset($this->unacknowledged[$key]);
        }
    }

    private function bury(Entry $entry, string $error): void
    {
        $to = str_replace('{stream}', $entry->stream, $this->options->deadLetter);
        $this->group->bury($entry, $error, $to, $this->options->deadLetterMaxLength);
        $this->tally->buried++;
        if ($this->now() >= $this->logBuriedAt) {
            $this->logBuriedAt = $this->now() + self::LOG_SECONDS;
            $this->log('error', 'an entry of a stream went to the dead letters', [
                'stream' => $entry->stream, 'entry' => $entry->id, 'to' => $to, 'deliveries' => $entry->deliveries, 'error' => $error, 'buried' => $this->tally->buried,
            ]);
        }
    }

    private function trimmedPending(int $count, string $stream): void
    {
        if ($count > 0) {
            $this->tally->trimmedPending += $count;
            $this->log('warning', 'entries were trimmed from a stream before they were acknowledged', ['stream' => $stream, 'entries' => $count]);
        }
    }

    /** A stream keeps so many entries; who reads too slowly, or was away for too long, is to hear of it. */
    private function checkTrimmed(): void
    {
        if ($this->now() < $this->trimCheckAt) {
            return;
        }
        $this->trimCheckAt = $this->now() + self::TRIM_CHECK_SECONDS;
        foreach ($this->group->streams as $stream) {
            $position = $this->group->position($stream);
            if ($position === null) {
                continue;
            }
            $this->counterErrors[$stream] = $position->counterError() ?? $this->counterErrors[$stream] ?? 0;
            $count = $position->trimmedUnread($this->counterErrors[$stream]);
            [$before, $at] = $this->trimmed[$stream] ?? [0, ''];
            $further = $position->at === $at ? $count - $before : $count;
            if ($further > 0) {
                $this->tally->trimmedUnread += $further;
                $this->log('error', 'entries were trimmed from a stream before they were read', ['stream' => $stream, 'entries' => $further]);
            }
            $this->trimmed[$stream] = [$count, $position->at];
        }
    }

    private function shouldStop(float $end): bool
    {
        return $this->stopping
            || $this->now() >= $end
            || ($this->options->once && $this->failures > 0 && $this->now() >= $this->failingSince + self::ONCE_SECONDS)
            || ($this->options->memoryBytes !== null && memory_get_usage(true) >= $this->options->memoryBytes)
            || ($this->mustRestart !== null && ($this->mustRestart)());
    }

    private function failed(\Throwable $thrown, float $end): void
    {
        $this->own = array_fill_keys($this->group->streams, '0');
        $this->claims = [];
        if ($this->failures === 0) {
            $this->failingSince = $this->now();
        }
        if ($thrown instanceof RedisErrorException && ($thrown->is('NOGROUP') || $thrown->is('UNBLOCKED'))) {
            $this->isJoined = false;
            $this->tally->groupsRecreated++;
            $this->log('warning', 'Redis has forgotten a group of consumers: it is made again, from the beginning of what is there', ['error' => $thrown->getMessage()]);
            if ($this->failures++ === 0) {
                return;
            }
        } else {
            $this->failures++;
            $this->tally->redisFailures++;
            if ($this->now() >= $this->logAt) {
                $this->logAt = $this->now() + self::LOG_SECONDS;
                $this->log('warning', 'a consumer cannot read its streams, and tries again', ['error' => $thrown::class . ': ' . $thrown->getMessage(), 'failures' => $this->failures]);
            }
            $this->group->disconnect();
        }
        $this->pause(min(self::LONGEST_PAUSE, self::FIRST_PAUSE * 2 ** min(16, $this->failures - 1)), $end);
    }

    private function recovered(): void
    {
        if ($this->failures > 0) {
            $this->log('notice', 'a consumer reads its streams again', ['failures' => $this->failures]);
            [$this->failures, $this->logAt] = [0, 0.0];
        }
    }

    private function pause(float $seconds, float $end): void
    {
        $until = min($end, $this->now() + $seconds);
        while (!$this->stopping && ($left = $until - $this->now()) > 0.0) {
            $slice = min(self::SLICE, $left);
            $this->sleep === null ? usleep((int) ($slice * 1e6)) : ($this->sleep)($slice);
        }
    }

    private static function key(Entry $entry): string
    {
        return "$entry->stream $entry->id";
    }

    /** @param array<string, mixed> $context */
    private function log(string $level, string $message, array $context): void
    {
        $this->attempt(fn() => $this->logger?->log($level, $message, ['group' => $this->group->name, 'consumer' => $this->group->consumer, 'worker_pid' => getmypid(), ...$context]));
    }

    /** @param \Closure(): mixed $telling what must not cost an entry */
    private function attempt(\Closure $telling): void
    {
        try {
            $telling();
        } catch (\Throwable $thrown) {
            error_log('apn/ami-client: the logger or reporter of a consumer threw ' . $thrown::class);
        }
    }

    private function now(): float
    {
        return $this->now === null ? hrtime(true) / 1e9 : ($this->now)();
    }
}
