<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\Action;
use Apn\AmiClient\ActionTimeoutException;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\BackpressureException;
use Apn\AmiClient\InvalidConfigurationException;
use Psr\Log\LoggerInterface;

/**
 * Hands actions to the broker.
 *
 * @internal
 */
final class Sender
{
    /** A connection that was silent for longer may have been closed by Redis, and clocks drift and are set: it is asked again. */
    private const int CLOCK_MS = 5_000;

    /** What a listener needs beyond the action's own time, in which a tick and Redis may be slow. */
    private const int GRACE_MS = 5_000;

    /** A day, as long as an action may take at most: a key that ended before its action would let it be carried out twice. */
    private const int HOLD_MS = 86_400_000;

    /** What must be added to this process's clock for the broker's; null while it is not known. */
    private ?int $offsetMs = null;

    /** When the broker was asked for its clock last. */
    private int $askedAtMs = 0;

    private readonly Loss $loss;

    /** @var \Closure(): int */
    private readonly \Closure $clock;

    /** @param (\Closure(): int)|null $clock milliseconds of a clock that nobody sets; null for the system's */
    public function __construct(
        public readonly Broker $broker,
        private readonly Seal $seal,
        private readonly ClientSettings $settings,
        private readonly ?AllowList $allow = null,
        private readonly ?LoggerInterface $logger = null,
        ?\Closure $clock = null,
    ) {
        $this->loss = new Loss();
        $this->clock = $clock ?? static fn(): int => intdiv((int) hrtime(true), 1_000_000);
    }

    /**
     * @param string $server empty for any
     * @param int|null $timeoutMs within which a listener must take it; null for what is configured
     *
     * @throws AmiException
     */
    public function send(string $server, Action $action, ?int $timeoutMs = null): GatewayPendingAction
    {
        $description = Request::describe($server, $action, $this->allow);
        $waitMs = min($timeoutMs ?? $this->settings->timeoutMs, $this->settings->timeoutMs);
        $answerMs = ($action->completionStrategy()?->maxDurationMs() ?? $this->settings->answerMs) + self::GRACE_MS;
        $id = $action instanceof Idempotent ? 'key-' . $this->seal->fingerprint($action->key) : bin2hex(random_bytes(16));
        $deadlineMs = $this->brokerNowMs() + $waitMs;
        $submitted = $this->submit(new Submission(
            $id,
            $server,
            Request::seal($this->seal, $id, $description, $deadlineMs),
            $this->seal->fingerprint($description),
            $deadlineMs,
            self::HOLD_MS,
            $this->settings->keepMs,
            $this->settings->maxWaiting,
        ), $server, $action->name());

        return match ($submitted) {
            Submitted::Queued, Submitted::Known => new GatewayPendingAction(
                $this->broker,
                $this->seal,
                $id,
                $server,
                $action->name(),
                ($this->clock)() + $waitMs,
                $answerMs,
                $this->clock,
                $this->loss,
                $this->logger,
            ),
            Submitted::Late => throw Exceptions::with(
                new RequestExpiredException("the action {$action->name()} was not handed to the gateway within its $waitMs ms; it was not carried out"),
                ['serverKey' => $server === '' ? null : $server, 'actionName' => $action->name()],
            ),
            Submitted::Full => throw Exceptions::with(
                new BackpressureException("{$this->settings->maxWaiting} actions wait for a listener already, as many as gateway.max_waiting allows"),
                ['serverKey' => $server === '' ? null : $server, 'limitName' => 'gateway.max_waiting', 'limit' => $this->settings->maxWaiting, 'current' => $this->settings->maxWaiting],
            ),
            Submitted::Conflict => throw $this->conflict($action),
        };
    }

    /** @throws AmiException */
    public function call(string $server, Action $action, int $timeoutMs): AmiResponse
    {
        if ($timeoutMs < 0) {
            throw Exceptions::invalid('timeoutMs', $timeoutMs, "timeoutMs: $timeoutMs is negative");
        }

        $pending = $this->send($server, $action, $timeoutMs);
        try {
            return $pending->await($timeoutMs);
        } catch (ActionTimeoutException $timeout) {
            // Nobody will ever look at what comes of it.
            throw $pending->takeBack() ?? $timeout;
        }
    }

    /**
     * What listeners say of their servers.
     *
     * @return array<string, ServerReport> by server key
     *
     * @throws GatewayUnavailableException
     */
    public function reports(): array
    {
        try {
            $snapshots = $this->broker->snapshots();
        } catch (RedisFailedException $e) {
            throw new GatewayUnavailableException('the gateway cannot be asked: ' . $e->getMessage(), 0, $e);
        }
        $reports = [];
        foreach ($snapshots as $snapshot) {
            $reports += ServerReport::open($this->seal, $snapshot);
        }

        return $reports;
    }

    /** @throws GatewayUnavailableException */
    private function brokerNowMs(): int
    {
        $now = ($this->clock)();
        if ($this->offsetMs === null || $now - $this->askedAtMs > self::CLOCK_MS) {
            $broker = $this->ask(false);
            // Of the time that the answer took nobody knows when within it the clock was read; so the deadline comes rather too early.
            $this->askedAtMs = $now = ($this->clock)();
            $this->offsetMs = $broker - $now;
        }

        return $now + $this->offsetMs;
    }

    private function ask(bool $again): int
    {
        try {
            return $this->broker->now();
        } catch (RedisFailedException $e) {
            // An idle connection that Redis has closed shows when it is used. Asking twice does no harm.
            return $again || !$e->wasSent() ? throw new GatewayUnavailableException('the gateway cannot be reached: ' . $e->getMessage(), 0, $e) : $this->ask(true);
        }
    }

    private function submit(Submission $submission, string $server, string $action): Submitted
    {
        try {
            $submitted = $this->broker->submit($submission);
            if ($submitted === Submitted::Late) {
                // Its clock may have been set.
                $this->offsetMs = null;
            }

            return $submitted;
        } catch (RedisFailedException $e) {
            $this->offsetMs = null;
            if (!$e->wasSent()) {
                throw new GatewayUnavailableException('the gateway cannot be reached: ' . $e->getMessage(), 0, $e);
            }
            // Not once more: Redis may have lost what a listener has carried out meanwhile.
            throw Exceptions::with(new OutcomeUnknownException(
                "Redis went away while the action $action was handed to it, and whether it was carried out is not known: " . $e->getMessage(),
                0,
                $e,
            ), ['serverKey' => $server === '' ? null : $server, 'actionId' => $submission->id]);
        }
    }

    private function conflict(Action $action): InvalidConfigurationException
    {
        $key = $action instanceof Idempotent ? $action->key : '';

        return Exceptions::invalid('key', $key, "key: \"$key\" was used for another action, or for this one with other headers or another server; nothing was sent");
    }
}
