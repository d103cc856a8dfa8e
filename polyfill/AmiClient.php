<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * One server of a manager.
 *
 * Nothing here waits but call() and waitUntilReady(): what was asked for is done by the ticks of the manager. Made by
 * the extension only. Objects cannot be cloned or serialized, and take no further properties.
 */
final class AmiClient
{
    use Polyfill\Unique;

    private function __construct() {}

    /**
     * Asks for the connection; does nothing where it is open or under way. Ends the state `Fatal`.
     *
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function open(): void
    {
        Polyfill\Missing::extension();
    }

    /**
     * Says goodbye: Logoff is queued, what waits is flushed by the ticks that follow, within a deadline. Returns at
     * once.
     *
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function close(): void
    {
        Polyfill\Missing::extension();
    }

    /**
     * Queues an action; the ticks that follow send it and bring its answer.
     *
     * @throws InvalidConfigurationException where the action cannot be sent as it is, or its strategy not be carried
     *     out
     * @throws ActionSendFailedException where it is a VersionedAction that the server is known not to have
     * @throws InvalidConnectionStateException where the server is not ready
     * @throws BackpressureException where too much waits already; nothing is queued then
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function send(Action $action): PendingAction
    {
        Polyfill\Missing::extension();
    }

    /**
     * Opens the connection if need be, sends an action and ticks until it ends. For scripts and tests.
     *
     * @param int $timeoutMs most milliseconds to wait, for the connection and the answer together
     *
     * @throws ActionException where the action fails or the time is over; its children say why
     * @throws ConnectionException where the server is not ready in time, with host() and port()
     * @throws AuthenticationException where the login is refused
     * @throws ConnectionLostException where the connection went away before the answer
     * @throws ProtocolException where the answer was too long
     * @throws ReentrancyException within a tick
     * @throws InvalidConfigurationException where the timeout is negative, the action cannot be sent as it is, or its
     *     strategy not be carried out
     * @throws InvalidConnectionStateException where the server became unusable in between
     * @throws BackpressureException where too much waits already; nothing is queued then
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function call(Action $action, int $timeoutMs = 10000): AmiResponse
    {
        Polyfill\Missing::extension();
    }

    /**
     * Opens the connection if need be, and ticks until actions can be sent. For scripts and tests.
     *
     * @param int $timeoutMs most milliseconds to wait
     *
     * @throws ConnectionException where the time is over, or the server was given up
     * @throws AuthenticationException where the login is refused
     * @throws ReentrancyException within a tick
     * @throws InvalidConfigurationException where the timeout is negative
     * @throws ForkedProcessException in a child of the process that owns the manager
     */
    public function waitUntilReady(int $timeoutMs = 10000): self
    {
        Polyfill\Missing::extension();
    }

    /**
     * Calls a listener for each event of that name of this server.
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
        Polyfill\Missing::extension();
    }

    /**
     * Calls a listener for each event of this server. Then no event is skipped cheaply.
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
        Polyfill\Missing::extension();
    }

    /** Where the connection stands. */
    public function state(): ConnectionState
    {
        Polyfill\Missing::extension();
    }

    /**
     * What an operator wants to know of the connection.
     *
     * `since` is when it came into its state, in seconds since the Unix epoch. `failed_attempts` counts those in a row;
     * `retry_in_ms` says how long until the next one, and `next_retry_at` when that is, in milliseconds since the epoch, as log
     * records do. `last_reason` and `last_error` say why the last session or attempt ended, as a word of docs/logging.md and as
     * a sentence; null once there is a new session. `latency_ms` is how long the server takes to answer a Ping,
     * `event_lag_ms` how long the oldest event in the queue has waited. The rest is how much waits now, and how many events were
     * dropped and sessions became ready since the manager was made. Cheap enough to be asked each second.
     *
     * @return array{host: string, port: int, state: ConnectionState, since: float, circuit: CircuitState,
     *     failed_attempts: int, retry_in_ms: int|null, next_retry_at: int|null, last_reason: string|null, last_error: string|null,
     *     latency_ms: float|null, event_lag_ms: float, queued_events: int, pending_actions: int, unwritten_bytes: int,
     *     dropped_events: int, sessions: int}
     */
    public function health(): array
    {
        Polyfill\Missing::extension();
    }

    /** The key of the server. */
    public function serverKey(): string
    {
        Polyfill\Missing::extension();
    }

    /**
     * The version of Asterisk as the server says it, such as `22.10.1`; null while that is not known.
     *
     * Asking makes the client ask the server, once a session and without waiting: where this is null for a server that is
     * ready, it is known some ticks later. It stays null where the user has neither the right `system` nor `reporting`, and is
     * forgotten with the session.
     *
     * @phpstan-impure
     */
    public function asteriskVersion(): ?string
    {
        Polyfill\Missing::extension();
    }

    /** The AMI version of the server's banner, such as `11.0.0`; null before the first one came. */
    public function amiVersion(): ?string
    {
        Polyfill\Missing::extension();
    }
}
