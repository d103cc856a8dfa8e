<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * All servers of a process, and the ticks in which everything happens.
 *
 * One process owns the connections: a child after a fork may not use them. Objects cannot be cloned or serialized, and
 * take no further properties.
 */
final class AmiClientManager
{
    /**
     * Takes the servers that are in the registry now. Connects nothing unless the option `lazy` is off.
     *
     * @param ServerRegistry $servers at least one server
     * @param ClientOptions|null $options for all servers; each may override them
     * @param \Psr\Log\LoggerInterface|null $logger null logs nothing
     * @param MetricsCollector|null $metrics null collects nothing
     * @param \Psr\Clock\ClockInterface|null $clock the time of messages and log records, asked once a tick; null for
     *     the system's
     * @param (callable(string): (string|null))|null $resolver finds the address of a host name; called at start, never
     *     in a tick
     *
     * @throws InvalidConfigurationException where the configuration cannot be used
     */
    public function __construct(
        ServerRegistry $servers,
        ?ClientOptions $options = null,
        ?\Psr\Log\LoggerInterface $logger = null,
        ?MetricsCollector $metrics = null,
        ?\Psr\Clock\ClockInterface $clock = null,
        ?callable $resolver = null,
    ) {
        throw new \Error('a stub');
    }

    /**
     * Reads a configuration as `config/ami-client.php` has it.
     *
     * @param array{default?: string|null, servers: array<string, array<string, mixed>>, options?: array<string, mixed>}
     *     $config
     * @param \Psr\Log\LoggerInterface|null $logger null logs nothing
     * @param MetricsCollector|null $metrics null collects nothing
     * @param \Psr\Clock\ClockInterface|null $clock the time of messages and log records, asked once a tick; null for
     *     the system's
     * @param (callable(string): (string|null))|null $resolver finds the address of a host name; called at start, never
     *     in a tick
     *
     * @throws InvalidConfigurationException where the configuration cannot be used
     */
    public static function fromConfig(
        #[\SensitiveParameter]
        array $config,
        ?\Psr\Log\LoggerInterface $logger = null,
        ?MetricsCollector $metrics = null,
        ?\Psr\Clock\ClockInterface $clock = null,
        ?callable $resolver = null,
    ): self {
        throw new \Error('a stub');
    }

    /**
     * The server with this key: a new handle each time, and all of them are the same server.
     *
     * @throws InvalidConfigurationException where there is none; suggestion() is the nearest key
     */
    public function server(string $key): AmiClient
    {
        throw new \Error('a stub');
    }

    /** The default server: a new handle each time. */
    public function default(): AmiClient
    {
        throw new \Error('a stub');
    }

    /**
     * Asks for the connections of all servers.
     *
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function connectAll(): void
    {
        throw new \Error('a stub');
    }

    /**
     * Queues an action on the server that select() chooses; the ticks that follow send it and bring its answer.
     *
     * @throws InvalidConfigurationException where the action cannot be sent as it is, or its strategy not be carried
     *     out
     * @throws ActionSendFailedException where it is a VersionedAction that the server is known not to have
     * @throws InvalidConnectionStateException where no server is ready
     * @throws BackpressureException where too much waits already; nothing is queued then
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function send(Action $action): PendingAction
    {
        throw new \Error('a stub');
    }

    /**
     * The next server that is ready, each in turn.
     *
     * @throws InvalidConnectionStateException where none is ready
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function select(): AmiClient
    {
        throw new \Error('a stub');
    }

    /**
     * Calls a listener for each event of that name of any server.
     *
     * @param string $name the name of the event, case-insensitive
     * @param callable(AmiEvent): mixed $listener may send, subscribe, cancel, throw and close, but not tick
     * @param EventFilter|array<string, string|list<string>>|null $filter values that headers must have, by header name;
     *     or the application's own decision
     * @param int $priority higher ones are called first
     *
     * @throws InvalidConfigurationException where an argument cannot be used
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function onEvent(
        string $name,
        callable $listener,
        EventFilter|array|null $filter = null,
        int $priority = 0,
    ): Subscription {
        throw new \Error('a stub');
    }

    /**
     * Calls a listener for each event of any server. Then no event is skipped cheaply.
     *
     * @param callable(AmiEvent): mixed $listener may send, subscribe, cancel, throw and close, but not tick
     * @param EventFilter|array<string, string|list<string>>|null $filter values that headers must have, by header name;
     *     or the application's own decision
     * @param int $priority higher ones are called first
     *
     * @throws InvalidConfigurationException where an argument cannot be used
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function onAnyEvent(
        callable $listener,
        EventFilter|array|null $filter = null,
        int $priority = 0,
    ): Subscription {
        throw new \Error('a stub');
    }

    /**
     * Reads, writes, expires and dispatches for all servers; waits for something to do, if nothing is.
     *
     * @param int $timeoutMs 0 to 250; more is taken for 250 and shows in TickSummary::$timeoutClamped
     *
     * @throws InvalidConfigurationException where the timeout is negative
     * @throws ReentrancyException within a tick
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function tickAll(int $timeoutMs = 0): TickSummary
    {
        throw new \Error('a stub');
    }

    /**
     * The same for one server.
     *
     * @param int $timeoutMs 0 to 250; more is taken for 250 and shows in TickSummary::$timeoutClamped
     *
     * @throws InvalidConfigurationException where the timeout is negative, or there is no such server
     * @throws ReentrancyException within a tick
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function tick(string $key, int $timeoutMs = 0): TickSummary
    {
        throw new \Error('a stub');
    }

    /**
     * tickAll() without waiting.
     *
     * @throws ReentrancyException within a tick
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function pollAll(): TickSummary
    {
        throw new \Error('a stub');
    }

    /**
     * tick() without waiting.
     *
     * @throws InvalidConfigurationException where there is no such server
     * @throws ReentrancyException within a tick
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function poll(string $key): TickSummary
    {
        throw new \Error('a stub');
    }

    /**
     * In how many milliseconds the next timer is due, for loops that wait elsewhere: tick then at the latest.
     *
     * @return int|null rounded up; 0 where one is due already, null where none is set
     */
    public function nextTimerMs(): ?int
    {
        throw new \Error('a stub');
    }

    /**
     * What an operator wants to know, by server key; AmiClient::health() says what it means.
     *
     * @return array<string, array{state: ConnectionState, circuit: CircuitState, since: float, failedAttempts: int,
     *     retryInMs: int|null, lastError: string|null, pendingActions: int, queuedEvents: int, unwrittenBytes: int,
     *     droppedEvents: int, sessions: int}> by server key
     */
    public function health(): array
    {
        throw new \Error('a stub');
    }

    /**
     * All counters: those of each server by its key, and those of this manager. They only grow.
     *
     * @return array{servers: array<string, array{bytes_read: int, bytes_written: int, frames: int, events: int,
     *     events_queued: int, events_dispatched: int, events_unheard: int, events_late: int, events_before_ready: int,
     *     protocol_desync: int, frames_too_long: int, frames_cut: int, responses_unmatched: int, actions_sent: int,
     *     actions_completed: int, actions_failed: int, actions_refused: int, connect_attempts: int, sessions: int,
     *     losses: int, filters_pushed: int, filters_given_up: int, heartbeats_missed: int, events_dropped: int,
     *     events_dropped_by_name: array<string, int>}>,
     *     process: array{callback_failures: int, log_failures: int, callback_failures_unlogged: int,
     *     timeouts_clamped: int, log_records_dropped: int}}
     */
    public function metrics(): array
    {
        throw new \Error('a stub');
    }

    /**
     * Closes all connections in order, by the ticks that follow. Returns at once.
     *
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function close(): void
    {
        throw new \Error('a stub');
    }

    /**
     * Closes everything now: what waits to be sent is lost, and actions that wait fail.
     *
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function terminate(): void
    {
        throw new \Error('a stub');
    }
}
