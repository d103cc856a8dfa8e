<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Worker\HasBacklog;
use Apn\AmiClient\Worker\StandsBy;
use Psr\Log\LoggerInterface;

/**
 * The listener's side of the gateway: takes requests, has its manager carry them out, and hands the answers back.
 *
 * Nothing wakes a tick for Redis, so it is asked between ticks: each few milliseconds while requests come, and less often once they do
 * not. Each question may take as long as the client's timeout, which is why that must be short, and why a Redis that failed is left
 * alone for longer each time.
 */
final class Server implements HasBacklog, StandsBy
{
    /** Between signs of life, and looks at what Redis believes that this listener has. */
    private const int BEAT_MS = 1_000;

    /** Several beats, so that one that Redis or a slow listener delayed costs no answer. */
    private const int LEASE_MS = 5_000;

    /** Between two looks while requests come. */
    private const int BUSY_POLL_MS = 2;

    /** For how long after a request more are expected. */
    private const int BUSY_MS = 250;

    /** Requests of one look: each takes some 50 µs, and a tick should not wait for more than a few milliseconds. */
    private const int BATCH = 64;

    /** A Redis that takes longer for a look is far away or in trouble, and has at most half of the loop's time. */
    private const int SLOW_MS = 50;

    private const int FIRST_PAUSE_MS = 100;

    /** A sender waits for longer than this before it takes its request for forgotten. */
    private const int LONGEST_PAUSE_MS = 3_000;

    private readonly string $listener;

    private readonly Work $work;

    /** @var \Closure(): int */
    private readonly \Closure $clock;

    private ?AmiClientManager $manager = null;

    private bool $isStopping = false;

    private bool $isStandingBy = false;

    private bool $isListed = false;

    /** Until then servers that are not ready may be about to be, and their requests wait. */
    private int $settledAtMs = 0;

    private int $beatAtMs = 0;

    private int $lookAtMs = 0;

    private int $busyUntilMs = 0;

    private int $retryAtMs = 0;

    private int $pauseMs = 0;

    private ?int $failingSinceMs = null;

    /** Which queue is first at the next look, so that no server's requests starve another's. */
    private int $turn = 0;

    private int $waiting = 0;

    private int $taken = 0;

    private int $reclaimed = 0;

    private int $redisFailures = 0;

    /** @var array<string, int> of all listeners and senders, as Redis has them */
    private array $shared = [];

    /** @param (\Closure(): int)|null $clock milliseconds of a clock that nobody sets; null for the system's */
    public function __construct(
        private readonly Broker $broker,
        private readonly Seal $seal,
        AllowList $allow,
        private readonly ServerSettings $settings = new ServerSettings(),
        private readonly ?LoggerInterface $logger = null,
        ?\Closure $clock = null,
    ) {
        $this->clock = $clock ?? static fn(): int => intdiv((int) hrtime(true), 1_000_000);
        $this->listener = (string) gethostname() . '-' . getmypid() . '-' . bin2hex(random_bytes(6));
        $this->work = new Work($broker, $this->listener, $seal, $allow, $settings, $logger, $this->clock);
    }

    public function name(): string
    {
        return 'gateway';
    }

    public function start(AmiClientManager $manager): void
    {
        $this->manager = $manager;
        $this->work->start($manager);
        $this->settle();
    }

    public function standBy(): void
    {
        $this->isStandingBy = true;
    }

    public function takeOver(): void
    {
        $this->isStandingBy = false;
        $this->settle();
    }

    public function poll(): int
    {
        $now = ($this->clock)();
        // Who leaves has no time for pauses: it is the last chance of what waits.
        if ($now < $this->retryAtMs && !$this->isStopping) {
            return $this->retryAtMs - $now;
        }
        try {
            // First of all: without it all that this listener has counts as lost.
            $this->beatIfDue($now);
            $this->takeIfDue($now);
            $this->work->deliver();
            $this->redisIsBack($now);
        } catch (RedisFailedException $e) {
            $this->redisFailed($e);

            return $this->pauseMs;
        }

        $took = ($after = ($this->clock)()) - $now;
        if ($took > self::SLOW_MS) {
            $this->lookAtMs = max($this->lookAtMs, $after + $took);
        }

        return $this->wish($after);
    }

    public function stop(): void
    {
        $this->isStopping = true;
    }

    public function isBusy(): bool
    {
        return $this->work->inFlight() + $this->work->undelivered() > 0;
    }

    /** No event waits here: what is lost with this service is no part of what a takeover missed, and senders are told of it. */
    public function backlogSeconds(): float
    {
        return 0.0;
    }

    public function finish(): array
    {
        $lost = ['unanswered_requests' => $this->work->inFlight(), 'undelivered_answers' => $this->work->undelivered()];
        try {
            // Who waits for these is told at once that the outcome is not known.
            $this->leave();
        } catch (RedisFailedException) {
            // Then the end of its lease tells them.
        }

        return $lost;
    }

    public function stats(): array
    {
        return [
            'taken' => $this->taken,
            'reclaimed' => $this->reclaimed,
            ...$this->work->stats(),
            'redis_failures' => $this->redisFailures,
            'redis' => $this->failingSinceMs === null ? 'ok' : 'failing',
            'waiting' => $this->waiting,
            'shared' => $this->shared,
        ];
    }

    /** @throws RedisFailedException */
    private function leave(): void
    {
        if ($this->isListed) {
            $this->broker->leave($this->listener);
            $this->isListed = false;
        }
    }

    private function settle(): void
    {
        $this->settledAtMs = ($this->clock)() + $this->settings->settleMs;
    }

    private function isTaking(): bool
    {
        return !$this->isStopping && !$this->isStandingBy;
    }

    private function beatIfDue(int $now): void
    {
        if ($now < $this->beatAtMs || $this->manager === null) {
            return;
        }
        if (!$this->isTaking() && !$this->isBusy()) {
            $this->leave();

            return;
        }
        $pulse = $this->broker->beat($this->listener, self::LEASE_MS, $this->isTaking() ? ServerReport::seal($this->seal, $this->manager) : '');
        $this->isListed = true;
        $this->beatAtMs = $now + self::BEAT_MS;
        $this->waiting = $pulse->waiting;
        $this->shared = $pulse->counts;
        [$forgotten, $unheard] = $this->work->compare($pulse->claimed);
        if ($forgotten !== []) {
            $this->broker->restore($this->listener, $forgotten);
        }
        if ($unheard !== []) {
            $taken = $this->broker->reclaim($this->listener, \array_slice($unheard, 0, self::BATCH));
            $this->reclaimed += \count($taken->bodies);
            $this->work->carryOut($taken, $now);
        }
    }

    private function takeIfDue(int $now): void
    {
        $room = min(self::BATCH, $this->settings->maxInFlight - $this->work->inFlight() - $this->work->undelivered());
        if (!$this->isTaking() || !$this->isListed || $now < $this->lookAtMs) {
            return;
        }
        // Also where there is no room: else the next tick would not wait at all.
        $this->lookAtMs = $now + ($now < $this->busyUntilMs ? self::BUSY_POLL_MS : $this->settings->pollMs);
        if ($room <= 0) {
            return;
        }
        // Nearly always nothing waits, and that is cheaper to ask than for which servers.
        if ($now >= $this->busyUntilMs && $this->broker->waiting() === 0) {
            return;
        }
        $queues = $this->queues($now);
        if ($queues === []) {
            return;
        }
        // Before the question: what it took counts as time that the requests have waited.
        $asked = ($this->clock)();
        $taken = $this->broker->take($this->listener, $queues, $room);
        if ($taken->bodies !== []) {
            $this->busyUntilMs = $now + self::BUSY_MS;
            $this->lookAtMs = \count($taken->bodies) === $room ? $now : $now + self::BUSY_POLL_MS;
            $this->taken += \count($taken->bodies);
            $this->work->carryOut($taken, $asked);
        }
    }

    /** @return list<string> those whose requests can be carried out, or refused for good, at this moment */
    private function queues(int $now): array
    {
        $queues = [];
        $isAnyUsable = false;
        foreach ($this->manager?->states() ?? [] as $key => $state) {
            $isUsable = $state === ConnectionState::Ready || $state === ConnectionState::Degraded;
            $isAnyUsable = $isAnyUsable || $isUsable;
            if ($isUsable || $now >= $this->settledAtMs) {
                $queues[] = $key;
            }
        }
        if ($isAnyUsable || $now >= $this->settledAtMs) {
            $queues[] = '';
        }
        // PHP makes integers of keys that look like some.
        $queues = array_map(strval(...), $queues);
        $this->turn = $queues === [] ? 0 : ($this->turn + 1) % \count($queues);

        return [...\array_slice($queues, $this->turn), ...\array_slice($queues, 0, $this->turn)];
    }

    private function wish(int $now): int
    {
        if ($this->work->undelivered() > 0) {
            return 0;
        }
        if (!$this->isTaking()) {
            return self::BEAT_MS;
        }

        return max(0, min($this->lookAtMs, $this->beatAtMs) - $now);
    }

    private function redisFailed(RedisFailedException $e): void
    {
        $now = ($this->clock)();
        $this->redisFailures++;
        $this->pauseMs = min(self::LONGEST_PAUSE_MS, max(self::FIRST_PAUSE_MS, $this->pauseMs * 2));
        $this->retryAtMs = $now + $this->pauseMs;
        if ($this->failingSinceMs === null) {
            $this->failingSinceMs = $now;
            $this->logger?->error('the gateway cannot reach Redis; answers are kept, and it tries again', ['error' => $e->getMessage(), 'undelivered' => $this->work->undelivered()]);
        }
    }

    private function redisIsBack(int $now): void
    {
        if ($this->failingSinceMs !== null) {
            $this->logger?->notice('the gateway reaches Redis again', ['away_ms' => $now - $this->failingSinceMs, 'undelivered' => $this->work->undelivered()]);
            $this->failingSinceMs = null;
            $this->pauseMs = $this->retryAtMs = 0;
            // What Redis believes that this listener has is looked at now.
            $this->beatAtMs = 0;
        }
    }
}
