<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bridge;

use Psr\Clock\ClockInterface;
use Psr\Log\LoggerInterface;

/**
 * What a bridge has taken and its target has not: bounded, in order, tried again until it is taken.
 *
 *     offer() ──> queue ──> batch ──> target
 *                   │ full: the oldest goes, and is counted by server and name
 *                   └──> notices: one payload a server that tells of it, in front of the next batch
 *
 * A batch that was tried once is kept until it is taken: whether the target has it is not known, and told as lost it might be there
 * all the same. So everything offered is either taken, or counted, and told where notices are wanted; never both.
 *
 * Nothing here throws, neither what the target nor what the logger does.
 */
final class Outbox
{
    /** Seconds between two log records of one kind, as between the extension's own summaries. */
    private const float LOG_SECONDS = 1.0;

    /** Names that are counted each: about as many as Asterisk has events. A server may make up more (UserEvent does not); they share one. */
    private const int MAX_NAMES = 256;

    private const string FURTHER_NAMES = '(further names)';

    /** Bytes of an error's text that are logged: enough for a sentence, too few for a page of HTML. */
    private const int MAX_ERROR = 500;

    /** @var array<int, EventPayload> from $head to $tail */
    private array $queue = [];

    private int $head = 0;

    private int $tail = 0;

    private int $queueBytes = 0;

    /** @var list<EventPayload> what was tried, and is tried again */
    private array $batch = [];

    private int $batchBytes = 0;

    /** @var list<EventPayload> what tells of drops, tried or to be tried; in front of the batch */
    private array $notices = [];

    /** @var array<array-key, array{at: float, counts: array<array-key, int>}> drops that no notice tells of yet, by server */
    private array $untold = [];

    private bool $delivering = false;

    private int $attempts = 0;

    private float $retryAt = 0.0;

    private ?float $failingSince = null;

    private int $droppedSinceOk = 0;

    private float $logDropsAt = 0.0;

    private float $logFailuresAt = 0.0;

    private int $unloggedDrops = 0;

    private int $unloggedFailures = 0;

    private int $taken = 0;

    private int $delivered = 0;

    private int $dropped = 0;

    /** @var array<array-key, int> */
    private array $droppedByName = [];

    private int $retried = 0;

    private int $failed = 0;

    /**
     * @param string $name of the bridge, for logs and notices
     * @param bool $tellDrops whether the target is told of drops by payloads of kind `dropped`
     * @param ClockInterface|null $clock null for the system's monotonic clock, which nobody sets
     */
    public function __construct(
        private readonly string $name,
        private readonly Target $target,
        private readonly OutboxOptions $options = new OutboxOptions(),
        private readonly bool $tellDrops = false,
        private readonly ?LoggerInterface $logger = null,
        private readonly ?ClockInterface $clock = null,
    ) {}

    /** Takes a payload; where the buffer is full, the oldest that was not tried yet goes for it. */
    public function offer(EventPayload $payload): void
    {
        $this->taken++;
        $this->queue[$this->tail++] = $payload;
        $this->queueBytes += $payload->bytes();
        while ($this->head < $this->tail && ($this->waiting() > $this->options->buffer || $this->queueBytes + $this->batchBytes > $this->options->bufferBytes)) {
            $this->drop($this->shift());
        }
    }

    /**
     * Hands on what waits, as far as the budget allows.
     *
     * @return int|null milliseconds until there is something to do again; null where nothing waits
     */
    public function poll(): ?int
    {
        // A listener that awaits an answer ticks, and a tick ends here.
        if ($this->delivering) {
            return null;
        }
        $now = $this->now();
        $this->logDrops($now);
        $end = $now + $this->options->budgetMs / 1e3;
        while ($this->isBusy()) {
            if ($now < $this->retryAt) {
                // To the microsecond first, lest 0.2 s are 201 ms.
                return (int) ceil(round(($this->retryAt - $now) * 1e3, 3));
            }
            if ($now >= $end) {
                return 0;
            }
            $this->attempt();
            $now = $this->now();
        }

        return null;
    }

    /** Whether something waits to be handed on. */
    public function isBusy(): bool
    {
        return $this->waiting() > 0 || $this->notices !== [] || $this->untold !== [];
    }

    /** Payloads that wait, those that were tried included. */
    public function waiting(): int
    {
        return $this->tail - $this->head + \count($this->batch);
    }

    /**
     * Nothing is handed on any more. What was not logged yet is.
     *
     * @return array<string, int> what is lost with it; empty where nothing is
     */
    public function finish(): array
    {
        $this->logDrops(INF);

        return $this->undelivered();
    }

    /** @return array<string, int> what is lost if nothing is handed on any more; empty where that is nothing */
    private function undelivered(): array
    {
        $drops = array_sum(array_map(static fn(array $untold): int => array_sum($untold['counts']), $this->untold));
        foreach ($this->notices as $notice) {
            $drops += array_sum($notice->droppedEvents());
        }

        return array_filter(['events_not_delivered' => $this->waiting(), 'drops_not_told' => $drops], static fn(int $lost): bool => $lost > 0);
    }

    /** @return array{taken: int, delivered: int, dropped: int, dropped_by_name: array<string, int>, retried: int, failed: int, waiting: int, waiting_bytes: int, oldest_waiting_ms: int, failing: bool} */
    public function stats(?float $unixTime = null): array
    {
        $oldest = $this->batch[0] ?? $this->queue[$this->head] ?? null;
        $names = [];
        foreach ($this->droppedByName as $name => $count) {
            $names[(string) $name] = $count;
        }

        return [
            'taken' => $this->taken,
            'delivered' => $this->delivered,
            'dropped' => $this->dropped,
            'dropped_by_name' => $names,
            'retried' => $this->retried,
            'failed' => $this->failed,
            'waiting' => $this->waiting(),
            'waiting_bytes' => $this->queueBytes + $this->batchBytes,
            'oldest_waiting_ms' => $oldest === null ? 0 : max(0, (int) ((($unixTime ?? microtime(true)) - $oldest->receivedAt) * 1e3)),
            'failing' => $this->failingSince !== null,
        ];
    }

    private function attempt(): void
    {
        if ($this->notices === [] && $this->untold !== []) {
            foreach ($this->untold as $serverKey => $drops) {
                $this->notices[] = EventPayload::ofDropped((string) $serverKey, $this->name, $drops['counts'], $drops['at']);
            }
            $this->untold = [];
        }
        while ($this->batch === [] || (\count($this->batch) < $this->options->batch && $this->attempts === 0)) {
            if ($this->head === $this->tail) {
                break;
            }
            $this->batchBytes += ($this->batch[] = $this->shift())->bytes();
        }
        $payloads = [...$this->notices, ...$this->batch];
        if ($payloads === []) {
            return;
        }
        $this->retried += $this->attempts > 0 ? 1 : 0;
        $this->attempts++;
        $this->delivering = true;
        try {
            $this->succeeded($this->target->deliver($payloads));
        } catch (RejectedPayloadException $exception) {
            $this->remove(1, false);
            $this->recovered();
            $this->logFailure('a bridge gives an event up: its target refuses it', $exception->getPrevious() ?? $exception);
        } catch (\Throwable $exception) {
            $this->failed($exception);
        } finally {
            $this->delivering = false;
        }
    }

    private function succeeded(int $count): void
    {
        if ($count <= 0) {
            $this->failed(new \UnexpectedValueException('the target took nothing'));

            return;
        }
        $this->remove($count, true);
        $this->recovered();
    }

    private function recovered(): void
    {
        $this->attempts = 0;
        if ($this->failingSince === null) {
            return;
        }
        $this->log('notice', 'a bridge delivers again', [
            'seconds' => round($this->now() - $this->failingSince, 3),
            'dropped' => $this->droppedSinceOk,
        ]);
        [$this->failingSince, $this->droppedSinceOk, $this->logFailuresAt, $this->unloggedFailures] = [null, 0, 0.0, 0];
    }

    private function failed(\Throwable $exception): void
    {
        $now = $this->now();
        $this->failingSince ??= $now;
        // Doubled no further than an int goes; the limit is far below.
        $wait = min($this->options->retryMaxMs, $this->options->retryMs * 2 ** min(20, $this->attempts - 1));
        $this->retryAt = $now + $wait / 1e3;
        if ($this->options->tries > 0 && $this->attempts >= $this->options->tries) {
            $this->giveUp();
            $this->logFailure('a bridge gives an event up: its tries are used up', $exception);
        } else {
            $this->logFailure('a bridge cannot deliver, and tries again', $exception);
        }
    }

    /** The first of what was tried: one that the target never takes must not hold up the others. */
    private function giveUp(): void
    {
        $this->attempts = 0;
        if ($this->notices === []) {
            $this->tellLater($this->batch[0]);
        }
        $this->remove(1, false);
    }

    /** Takes payloads from the front: notices first, as they were given. */
    private function remove(int $count, bool $delivered): void
    {
        $ofNotices = min($count, \count($this->notices));
        $this->notices = \array_slice($this->notices, $ofNotices);
        $ofBatch = min($count - $ofNotices, \count($this->batch));
        foreach (\array_slice($this->batch, 0, $ofBatch) as $payload) {
            $this->batchBytes -= $payload->bytes();
        }
        $this->batch = \array_slice($this->batch, $ofBatch);
        if ($delivered) {
            $this->delivered += $ofBatch;
        } else {
            $this->failed += $ofBatch;
        }
    }

    private function shift(): EventPayload
    {
        $payload = $this->queue[$this->head];
        unset($this->queue[$this->head++]);
        if ($this->head === $this->tail) {
            [$this->queue, $this->head, $this->tail] = [[], 0, 0];
        }
        $this->queueBytes -= $payload->bytes();

        return $payload;
    }

    private function drop(EventPayload $payload): void
    {
        $this->dropped++;
        $this->unloggedDrops++;
        $this->droppedSinceOk++;
        self::count($this->droppedByName, $payload->name);
        $this->tellLater($payload);
    }

    private function tellLater(EventPayload $payload): void
    {
        if ($this->tellDrops) {
            $this->untold[$payload->serverKey] ??= ['at' => 0.0, 'counts' => []];
            $this->untold[$payload->serverKey]['at'] = $payload->receivedAt;
            self::count($this->untold[$payload->serverKey]['counts'], $payload->name);
        }
    }

    /** @param array<array-key, int> $counts */
    private static function count(array &$counts, string $name): void
    {
        $name = isset($counts[$name]) || \count($counts) < self::MAX_NAMES ? $name : self::FURTHER_NAMES;
        $counts[$name] = ($counts[$name] ?? 0) + 1;
    }

    private function logDrops(float $now): void
    {
        if ($this->unloggedDrops > 0 && $now >= $this->logDropsAt) {
            $this->log('warning', 'a bridge drops events: its buffer is full', ['dropped' => $this->unloggedDrops, 'dropped_total' => $this->dropped]);
            [$this->unloggedDrops, $this->logDropsAt] = [0, $now + self::LOG_SECONDS];
        }
    }

    private function logFailure(string $message, \Throwable $exception): void
    {
        $this->unloggedFailures++;
        $now = $this->now();
        if ($now < $this->logFailuresAt) {
            return;
        }
        $this->log('warning', $message, [
            'error' => $exception::class . ': ' . substr($exception->getMessage(), 0, self::MAX_ERROR),
            'failures' => $this->unloggedFailures,
            'exception' => $exception,
        ]);
        [$this->unloggedFailures, $this->logFailuresAt] = [0, $now + self::LOG_SECONDS];
    }

    /** @param array<string, mixed> $context */
    private function log(string $level, string $message, array $context): void
    {
        try {
            $this->logger?->log($level, $message, ['bridge' => $this->name, 'waiting' => $this->waiting(), 'worker_pid' => getmypid(), ...$context]);
        } catch (\Throwable $thrown) {
            error_log("apn/ami-client: the logger of the bridge $this->name threw " . $thrown::class);
        }
    }

    private function now(): float
    {
        return $this->clock === null ? hrtime(true) / 1e9 : (float) $this->clock->now()->format('U.u');
    }
}
