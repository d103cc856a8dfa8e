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
     *     in a tick; null for the system, which is asked before each attempt and never waited for
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
     *     in a tick; null for the system, which is asked before each attempt and never waited for
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

    /**
     * The default server: a new handle each time.
     *
     * @throws InvalidConfigurationException where it was removed
     */
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
     * Queues an action on the server that the routing strategy chooses; the ticks that follow send it and bring its
     * answer.
     *
     * @throws InvalidConfigurationException where the action cannot be sent as it is, its strategy not be carried out,
     *     or the routing strategy names no server
     * @throws ActionSendFailedException where it is a VersionedAction that the server is known not to have
     * @throws InvalidConnectionStateException where no server is ready, or none that the routing strategy takes
     * @throws BackpressureException where too much waits already; nothing is queued then
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function send(Action $action): PendingAction
    {
        throw new \Error('a stub');
    }

    /**
     * The server that the routing strategy chooses when there is no action to look at; without a strategy each in turn.
     *
     * @throws InvalidConfigurationException where the routing strategy names no server
     * @throws InvalidConnectionStateException where no server is ready, or none that the routing strategy takes
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function select(): AmiClient
    {
        throw new \Error('a stub');
    }

    /**
     * Has send() and select() choose servers by this strategy from now on.
     *
     * @return self this manager
     */
    public function routing(RoutingStrategy $strategy): self
    {
        throw new \Error('a stub');
    }

    /**
     * Adds a server, as if it had been in the registry. It connects at once where the others were told to: by connectAll(), or
     * because the option `lazy` is off.
     *
     * A host name is resolved now, by the resolver that the manager was given.
     *
     * @throws InvalidConfigurationException where the configuration cannot be used, or another server has the key
     * @throws ReentrancyException where its host is a name, within a tick
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function addServer(
        #[\SensitiveParameter]
        ServerConfig $server,
    ): AmiClient {
        throw new \Error('a stub');
    }

    /**
     * Removes a server. Its key is free at once, and the listeners of this server alone have ended.
     *
     * The ticks that follow close its connection as AmiClient::close() would, and hand what had been received to the
     * manager's listeners. Its AmiClient objects throw InvalidConnectionStateException when they are used.
     *
     * @return bool whether there was one
     *
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function removeServer(string $key): bool
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
     * Calls a listener when a server is back after its session had ended, however that came. Asterisk replays nothing: what
     * happened in between is in no event. It is called after the last event of the old session and before the first of the
     * new one, once for each gap.
     *
     * @param callable(ConnectionGap): mixed $listener may do what listeners for events may
     *
     * @throws BackpressureException where 1,000 of them are there already
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function onGap(callable $listener): AmiClientManager
    {
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
     * A stream that is readable when a tick would find something to do: for stream_select() and every loop built like it.
     *
     * It is one stream for all servers and for the life of the manager, across reconnects. It can only be waited for:
     * reading gives nothing and ends at once. What was done outside of a tick and needs one makes it readable, too, as
     * does a signal of registerSignalHandlers(). What it cannot show is a matter of time: see nextTimerMs().
     *
     * @return resource the same one until it is closed, which harms nothing; then another
     *
     * @throws ConnectionException where the system has no descriptor left
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function stream()
    {
        throw new \Error('a stub');
    }

    /**
     * In how many milliseconds a tick is due at the latest, if stream() does not become readable before. Ask again after
     * each tick.
     *
     * With `io: background` a tick is due when there is something to tell.
     *
     * @return int|null rounded up; 0 where something can be done already, null where nothing will be until stream() is
     *     readable
     */
    public function nextTimerMs(): ?int
    {
        throw new \Error('a stub');
    }

    /**
     * Calls a handler for signals, at the end of the tick that they come in or that they end the wait of. The process
     * does not end by them any more: that is up to the handler, by close() and leaving the loop, say.
     *
     * Needs no pcntl. What handled the signals before comes back when the manager goes, or by null here; a child of a
     * fork handles them as before at once. A signal that comes several times before a tick is told once.
     *
     * @param (callable(int): mixed)|null $handler gets the number of the signal; may do what listeners may. Null gives
     *     the signals back
     * @param list<int> $signals 1 to 31; SIGTERM and SIGINT unless said otherwise. A second call replaces the first
     *
     * @throws InvalidConfigurationException where a signal cannot be handled
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function registerSignalHandlers(?callable $handler, array $signals = [15, 2]): self
    {
        throw new \Error('a stub');
    }

    /**
     * What an operator wants to know, by server key; AmiClient::health() says what it means.
     *
     * @return array<string, array{host: string, port: int, state: ConnectionState, since: float, circuit: CircuitState,
     *     failed_attempts: int, retry_in_ms: int|null, next_retry_at: int|null, last_reason: string|null, last_error: string|null,
     *     latency_ms: float|null, event_lag_ms: float, queued_events: int, pending_actions: int, unwritten_bytes: int,
     *     dropped_events: int, sessions: int}> by server key
     */
    public function health(): array
    {
        throw new \Error('a stub');
    }

    /**
     * All servers together, for probes: how many there are, how many can be used (those that are ready or degraded) and how many
     * are in each state, the worst of these, when the next attempt of any comes (in milliseconds since the epoch), how long the
     * oldest event has waited, and what waits and was dropped, added up.
     *
     * @return array{servers: int, usable: int, worst_state: ConnectionState|null, states: array<string, int>,
     *     next_retry_at: int|null, event_lag_ms: float, queued_events: int, pending_actions: int, unwritten_bytes: int,
     *     dropped_events: int}
     */
    public function clusterHealth(): array
    {
        throw new \Error('a stub');
    }

    /**
     * All metrics: those of each server by its key, the sums of those that were removed, and those of this manager. The keys are the
     * names of docs/metrics.md, without `ami_` and `_total`; counters only grow. What a label tells apart is an array by its values,
     * and of a histogram each bucket has the count of all that are not longer.
     *
     * @return array{
     *     servers: array<string, array{
     *         read_bytes: int, written_bytes: int, frames: int, events: int, events_queued: int,
     *         events_dispatched: int, events_unheard: int, events_late: int, events_before_ready: int,
     *         listener_failures: int, protocol_desync: int, frames_too_long: int, frames_cut: int,
     *         responses_unmatched: int, actions_sent: int, actions_refused: int, lookups: int, lookups_failed: int,
     *         connect_attempts: int, sessions: int, reconnects: int, losses: int, filters_pushed: int,
     *         filters_given_up: int, heartbeats_missed: int, actions: array<string, int>,
     *         losses_by_reason: array<string, int>, events_dropped: int, events_dropped_by_name: array<string, int>,
     *         ready: int, connection_state: array<string, int>, state_since_timestamp_seconds: int|float,
     *         circuit_state: array<string, int>, failed_attempts: int, next_attempt_timestamp_seconds: int|float,
     *         event_queue_depth: int, event_queue_capacity: int, event_queue_age_seconds: int|float,
     *         pending_actions: int, pending_actions_limit: int, write_buffer_bytes: int, write_buffer_limit_bytes: int,
     *         heartbeat_latency_seconds: int|float|null,
     *         action_latency_seconds: array<string, array{count: int, sum: float, buckets: array<string, int>}>,
     *         listener_duration_seconds: array{count: int, sum: float, buckets: array<string, int>},
     *         event_lag_seconds: array{count: int, sum: float, buckets: array<string, int>}
     *     }>,
     *     removed: array{
     *         read_bytes: int, written_bytes: int, frames: int, events: int, events_queued: int,
     *         events_dispatched: int, events_unheard: int, events_late: int, events_before_ready: int,
     *         listener_failures: int, protocol_desync: int, frames_too_long: int, frames_cut: int,
     *         responses_unmatched: int, actions_sent: int, actions_refused: int, lookups: int, lookups_failed: int,
     *         connect_attempts: int, sessions: int, reconnects: int, losses: int, filters_pushed: int,
     *         filters_given_up: int, heartbeats_missed: int, events_dropped: int, servers: int,
     *         actions: array<string, int>
     *     },
     *     process: array{
     *         build_info: array<string, int>, servers: int, callback_failures: int, callback_failures_unlogged: int,
     *         log_failures: int, log_records_dropped: int, log_records_held_back: int, lookups_refused: int,
     *         removed_servers_untold: int, background_panics: int,
     *         memory_bytes: int|null, memory_limit_bytes: int|null, timeouts_clamped: int,
     *         tick_duration_seconds: array{count: int, sum: float, buckets: array<string, int>}
     *     },
     * }
     */
    public function metrics(): array
    {
        throw new \Error('a stub');
    }

    /**
     * All metrics as text for Prometheus.
     *
     * @param bool $openMetrics the format of OpenMetrics 1.0 (`application/openmetrics-text; version=1.0.0; charset=utf-8`)
     *     instead of the one that everything reads (`text/plain; version=0.0.4; charset=utf-8`)
     */
    public function prometheus(bool $openMetrics = false): string
    {
        throw new \Error('a stub');
    }

    /**
     * Why the manager shuts down by itself, or has done so: `memory_limit` is exceeded. Null while it does not.
     *
     * The servers are closed as by close(), and the ticks that follow do it. From then on whatever would open or send
     * throws BackpressureException with the limitName() `memory_limit`. It does not come back: start a new process.
     */
    public function shutdownReason(): ?string
    {
        throw new \Error('a stub');
    }

    /**
     * Cuts all connections in so many milliseconds, unless it is called again before: a dead man's switch, for processes that
     * stand by for each other ({@see \Apn\AmiClient\Worker\Leadership}).
     *
     * With `io: background` they are cut then, whatever PHP is busy with; else by the first tick after, before it reads anything. It is
     * as if terminate() was called: events that had been read are still told. Until it is called again nothing is opened.
     *
     * @param int|null $milliseconds from now, by the system's monotonic clock; null lets connections live as before
     *
     * @throws InvalidConfigurationException where it is negative
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function lease(?int $milliseconds): void
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
