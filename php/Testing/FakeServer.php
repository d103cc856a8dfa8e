<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\AuthenticationException;
use Apn\AmiClient\CircuitState;
use Apn\AmiClient\ConnectionException;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\ConnectionState;

/**
 * One server of a fake.
 *
 * @internal
 */
final class FakeServer
{
    private const array REASONS = [
        'end_of_file' => 'the server closed the connection',
        'heartbeat_lost' => 'heartbeats were not answered',
        'login_refused' => 'the login was refused: Authentication failed',
        'connect_timeout' => 'connecting took too long',
        'closed' => 'the connection was closed by the application',
    ];

    public ConnectionState $state = ConnectionState::Disconnected;

    public float $since;

    /** Whether who asks for a connection gets one. */
    public bool $reachable = true;

    public ?string $lastReason = null;

    public ?string $lastError = null;

    public int $failedAttempts = 0;

    public int $sessions = 0;

    public int $actionsSent = 0;

    public int $eventsUnheard = 0;

    public int $eventsQueued = 0;

    public ?string $asteriskVersion = null;

    /** @var array<int, array{int, int, FakePendingAction|null, AmiEvent|AmiResponse|\Throwable}> due at, number, whose, what: by its number */
    public array $wire = [];

    /** @var array<string, FakePendingAction> actions that wait, by ActionID */
    public array $pending = [];

    /** When the session ended that the next gap begins with. */
    private ?float $lostAt = null;

    private string $lostReason = '';

    private int $lostSessions = 0;

    public function __construct(
        public readonly string $key,
        public readonly string $host,
        public readonly int $port,
        float $now,
    ) {
        $this->since = $now;
    }

    public function isUsable(): bool
    {
        return $this->state === ConnectionState::Ready || $this->state === ConnectionState::Degraded;
    }

    public function become(ConnectionState $state, float $now): void
    {
        if ($this->state !== $state) {
            $this->state = $state;
            $this->since = $now;
        }
    }

    /** @return ConnectionGap|null what was missed, where there was a session before */
    public function ready(float $now): ?ConnectionGap
    {
        $this->become(ConnectionState::Ready, $now);
        $this->sessions++;
        [$this->failedAttempts, $this->lastReason, $this->lastError] = [0, null, null];
        if ($this->lostAt === null) {
            return null;
        }
        $gap = new ConnectionGap($this->key, $this->lostAt, $now, $this->lostReason, self::sentence($this->lostReason), $this->lostSessions);
        [$this->lostAt, $this->lostSessions] = [null, 0];

        return $gap;
    }

    /** Ends a session, or an attempt where none is open. What was on its way is lost. */
    public function lose(string $reason, ConnectionState $state, float $now): void
    {
        if ($this->isUsable() || $this->state === ConnectionState::Closing) {
            $this->lostAt ??= $now;
            $this->lostReason = $reason;
            $this->lostSessions++;
        }
        $this->failedAttempts += $state === ConnectionState::Reconnecting ? 1 : 0;
        [$this->lastReason, $this->lastError] = [$reason, self::sentence($reason)];
        $this->wire = [];
        $this->become($state, $now);
    }

    /** Why there is no session, as waitUntilReady() says it. */
    public function loss(): ConnectionException
    {
        $class = $this->lastReason === 'login_refused' ? AuthenticationException::class : ConnectionException::class;

        return Failures::make($class, "\"$this->key\" ($this->host:$this->port): " . ($this->lastError ?? 'it was not ready in time'), $this->place());
    }

    /** @return array{serverKey: string, state: ConnectionState, host: string, port: int} */
    public function place(): array
    {
        return ['serverKey' => $this->key, 'state' => $this->state, 'host' => $this->host, 'port' => $this->port];
    }

    /** @return array<string, mixed> */
    public function health(): array
    {
        return [
            'host' => $this->host,
            'port' => $this->port,
            'state' => $this->state,
            'since' => $this->since,
            'circuit' => $this->lastReason === 'login_refused' ? CircuitState::Open : CircuitState::Closed,
            'failed_attempts' => $this->failedAttempts,
            'retry_in_ms' => null,
            'next_retry_at' => null,
            'last_reason' => $this->lastReason,
            'last_error' => $this->lastError,
            'latency_ms' => $this->isUsable() ? 0.0 : null,
            'event_lag_ms' => 0.0,
            'queued_events' => 0,
            'pending_actions' => \count($this->pending),
            'unwritten_bytes' => 0,
            'dropped_events' => 0,
            'sessions' => $this->sessions,
        ];
    }

    public static function sentence(string $reason): string
    {
        return self::REASONS[$reason] ?? $reason;
    }
}
