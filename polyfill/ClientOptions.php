<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Timeouts, limits and filters; whatever is not given has its default.
 *
 * Immutable. Each option has one name: camel case here, as a named argument and as a property, and snake case in
 * arrays. Numbers have a range, both ends of which are allowed. An option of a server overrides that of the manager,
 * except where it says that it holds for all servers of the process.
 *
 * Objects cannot be cloned or serialized, and take no further properties.
 */
final class ClientOptions
{
    use Polyfill\Unique;

    /** @var array<string, mixed> what was given, by name in snake case: a server overrides also with what is the default */
    private array $given = [];

    /**
     * Seconds until a connection that is not established is given up, and before that the lookup of a host name.
     *
     * Default 10, from 0.05 to 300 seconds. Under 50 ms a remote server is not reached; Linux itself gives up after
     * about two minutes.
     */
    public readonly float $connectTimeout;

    /**
     * Seconds from the connection until the login must have been answered.
     *
     * Default 10, from 0.05 to 300 seconds. Asterisk answers a wrong secret after 1 s and cuts a session without login
     * after its `authtimeout` of 30 s.
     */
    public readonly float $authTimeout;

    /**
     * Seconds without a byte from the server after which a Ping is sent before its turn.
     *
     * Default 30, from 0.05 to 86,400 seconds. A link that was silent for a day is not alive.
     */
    public readonly float $readTimeout;

    /**
     * Seconds between two Pings.
     *
     * Default 15, from 0.05 to 3,600 seconds. Over an hour, firewalls have long forgotten the connection.
     */
    public readonly float $heartbeatInterval;

    /**
     * Unanswered Pings in a row that reset the connection; one that does not yet makes it `Degraded`.
     *
     * Default 2, from 1 to 100. One is the least that can be missed; 100 is as good as none.
     */
    public readonly int $heartbeatMisses;

    /**
     * Seconds until an action without an answer fails, where its completion strategy does not say otherwise.
     *
     * Default 30, from 0.05 to 86,400 seconds. A session does not live long enough for a longer wait.
     */
    public readonly float $actionTimeout;

    /**
     * Milliseconds before the first attempt to reconnect; doubled, with jitter, at each further one.
     *
     * Default 100, from 100 to 3,600,000 ms. Under 100 ms a refusing server is hammered; over an hour an operator waits
     * too long.
     */
    public readonly int $backoffMinMs;

    /**
     * Milliseconds that the wait between two attempts never exceeds; not under `backoff_min_ms`.
     *
     * Default 30,000, from 100 to 3,600,000 ms. The same as for `backoff_min_ms`.
     */
    public readonly int $backoffMaxMs;

    /**
     * Attempts to reconnect in a row, after a first failure, until the server is `Fatal`; 0 is no end.
     *
     * Default 0, from 0 to 1,000,000. A million attempts at the longest default wait are a year.
     */
    public readonly int $maxReconnectAttempts;

    /**
     * Connections begun in one tick, over all servers.
     *
     * Default 5, from 1 to 1,000. For all servers of the process. 0 would never connect; 1,000 is more than a tick has
     * time for.
     */
    public readonly int $maxConnectAttemptsPerTick;

    /**
     * Connections not yet logged in at one time, over all servers.
     *
     * Default 40, from 1 to 10,000. For all servers of the process. Asterisk's `authlimit` lets 50 in; more only makes
     * sense over many machines, within the limit of open files.
     */
    public readonly int $maxConnecting;

    /**
     * Failures in a row that open the circuit breaker.
     *
     * Default 5, from 1 to 1,000. 1 opens at the first; at 1,000 it never does.
     */
    public readonly int $circuitFailureThreshold;

    /**
     * Seconds that an open breaker waits before it lets a probe through.
     *
     * Default 30, from 0.05 to 86,400 seconds. After a day without a try, somebody has to look.
     */
    public readonly float $circuitCooldown;

    /**
     * Attempts that a half open breaker lets through before it decides.
     *
     * Default 1, from 1 to 100. 0 would never close it; 100 probes are no probes.
     */
    public readonly int $circuitHalfOpenMaxProbes;

    /**
     * Bytes that wait to be written; over it `send()` is refused.
     *
     * Default 5,242,880, from 131,072 to 268,435,456 bytes. The largest action, 128 lines of 1,024 bytes, must fit; a
     * server that leaves 256 MiB unread is not reading.
     */
    public readonly int $writeBufferLimit;

    /**
     * Actions that wait for their answers; over it `send()` is refused.
     *
     * Default 5,000, from 1 to 1,000,000. At some hundred bytes each, a million take hundreds of megabytes.
     */
    public readonly int $maxPendingActions;

    /**
     * Events that wait for their listeners; over it the oldest is dropped and counted.
     *
     * Default 10,000, from 1 to 1,000,000. A million events of 500 bytes are half a gigabyte; the limit is also 1 KiB
     * for each event it may hold, at least 64 MiB.
     */
    public readonly int $eventQueueCapacity;

    /**
     * Bytes of the largest message; a larger one is discarded and counted.
     *
     * Default 1,048,576, from 65,536 to 4,194,304 bytes. Real answers reach 90 KiB; 4 MiB is what Asterisk's own socket
     * buffer takes.
     */
    public readonly int $maxFrameSize;

    /**
     * Bytes received and not yet parsed; at least `max_frame_size` and the 4 bytes of a delimiter.
     *
     * Default 2,097,152, from 65,540 to 67,108,864 bytes. The smallest frame limit must fit; beyond some frames a
     * larger buffer gains nothing.
     */
    public readonly int $parserBufferLimit;

    /**
     * Bytes of output of one Command; an action that has more fails.
     *
     * Default 1,048,576, from 4,096 to 4,194,304 bytes. The output arrives in one frame, and that has at most 4 MiB.
     */
    public readonly int $commandOutputLimit;

    /**
     * Bytes of an `ActionID`; a longer one is cut and made unique again by a hash.
     *
     * Default 64, from 32 to 256. Under 32 there is no room for a hash; from 88 on real servers cut ids in list items,
     * past 243 they merge items.
     */
    public readonly int $maxActionIdLength;

    /**
     * Bytes read in one tick from one server.
     *
     * Default 1,048,576, from 4,096 to 67,108,864 bytes. Less costs a system call for a few events; more keeps the
     * other servers waiting too long.
     */
    public readonly int $maxBytesReadPerTick;

    /**
     * Messages parsed in one tick from one server.
     *
     * Default 1,000, from 1 to 1,000,000. More than a million keep the other servers waiting too long.
     */
    public readonly int $maxFramesPerTick;

    /**
     * Events handed to listeners in one tick from one server.
     *
     * Default 1,000, from 1 to 1,000,000. More than a million keep the other servers waiting too long.
     */
    public readonly int $maxEventsPerTick;

    /**
     * Milliseconds between two log records that sum up dropped events; 0 writes none, drops are still counted.
     *
     * Default 1,000, from 0 to 3,600,000 ms. An operator should hear of lost events within the hour.
     */
    public readonly int $eventDropLogIntervalMs;

    /**
     * Bytes of private memory of the process past which the client shuts down in order; 0 is none; see `docs/flow.md`.
     *
     * Default 0, from 0 to 1,099,511,627,776 bytes. For all servers of the process. Under 16 MiB (16,777,216) PHP with
     * this extension is over it before anything happens; a terabyte is as good as none.
     */
    public readonly int $memoryLimit;

    /**
     * Names of the only events to take in, case-insensitive; empty takes all.
     *
     * Default none. At most 1,000 names of 128 bytes: Asterisk has fewer than 200 events.
     *
     * @var list<string> in lower case, each once
     */
    public readonly array $allowedEvents;

    /**
     * Names of events not to take in, case-insensitive; stronger than `allowed_events`.
     *
     * Default none. At most 1,000 names of 128 bytes: Asterisk has fewer than 200 events.
     *
     * @var list<string> in lower case, each once
     */
    public readonly array $blockedEvents;

    /**
     * Names of events that go to listeners before others, case-insensitive, all of them alike; see `docs/flow.md`.
     *
     * Default none. At most 1,000 names of 128 bytes: Asterisk has fewer than 200 events.
     *
     * @var list<string> in lower case, each once
     */
    public readonly array $eventPriorities;

    /**
     * Whether the server is told which events are listened to, so that it does not send the others; see
     * `docs/filters.md`.
     *
     * Default false.
     */
    public readonly bool $pushFilters;

    /**
     * Whether a `ConnectionGap` comes with `Status`, `CoreShowChannels` and `QueueStatus`, asked for when the server is
     * back.
     *
     * Default false.
     */
    public readonly bool $reconcile;

    /**
     * Names whose values no log shows, besides the built-in ones, by their letters and digits in any case; see
     * `docs/logging.md`.
     *
     * Default none. For all servers of the process. At most 1,000 names of 128 bytes.
     *
     * @var list<string>
     */
    public readonly array $redactionKeys;

    /**
     * Patterns of such names, as `preg_match()` takes them.
     *
     * Default none. For all servers of the process. At most 100 patterns of 1,000 bytes, each at most 1 MiB once
     * compiled.
     *
     * @var list<string>
     */
    public readonly array $redactionKeyPatterns;

    /**
     * Patterns of what no log shows, wherever it stands; of a pattern with groups only these are hidden.
     *
     * Default none. For all servers of the process. At most 100 patterns of 1,000 bytes, each at most 1 MiB once
     * compiled.
     *
     * @var list<string>
     */
    public readonly array $redactionValuePatterns;

    /**
     * Whether each action that is sent is logged as a debug record, without its secrets.
     *
     * Default false.
     */
    public readonly bool $logActions;

    /**
     * Whether each message that is received is logged as a debug record, without its secrets.
     *
     * Default false.
     */
    public readonly bool $logFrames;

    /**
     * Whether hosts must be IP addresses, so that nothing has to be looked up; see `docs/configuration.md`.
     *
     * Default true. For all servers of the process.
     */
    public readonly bool $enforceIpEndpoints;

    /**
     * Whether nothing connects before it is used or told to.
     *
     * Default true. For all servers of the process.
     */
    public readonly bool $lazy;

    /**
     * Who reads and writes the sockets: the ticks (`inline`), or a thread that goes on while listeners take their time
     * (`background`); see `docs/background.md`.
     *
     * Default `inline`; one of `inline`, `background`. For all servers of the process.
     */
    public readonly string $io;

    /**
     * Takes named arguments; null is the same as not given. Each is explained at its property.
     *
     * @param list<string>|null $allowedEvents
     * @param list<string>|null $blockedEvents
     * @param list<string>|null $eventPriorities
     * @param list<string>|null $redactionKeys
     * @param list<string>|null $redactionKeyPatterns
     * @param list<string>|null $redactionValuePatterns
     *
     * @throws InvalidConfigurationException where an argument is of another type, out of its range, or contradicts
     *     another; key() is its name. Numeric strings are no numbers here.
     */
    public function __construct(
        ?float $connectTimeout = null,
        ?float $authTimeout = null,
        ?float $readTimeout = null,
        ?float $heartbeatInterval = null,
        ?int $heartbeatMisses = null,
        ?float $actionTimeout = null,
        ?int $backoffMinMs = null,
        ?int $backoffMaxMs = null,
        ?int $maxReconnectAttempts = null,
        ?int $maxConnectAttemptsPerTick = null,
        ?int $maxConnecting = null,
        ?int $circuitFailureThreshold = null,
        ?float $circuitCooldown = null,
        ?int $circuitHalfOpenMaxProbes = null,
        ?int $writeBufferLimit = null,
        ?int $maxPendingActions = null,
        ?int $eventQueueCapacity = null,
        ?int $maxFrameSize = null,
        ?int $parserBufferLimit = null,
        ?int $commandOutputLimit = null,
        ?int $maxActionIdLength = null,
        ?int $maxBytesReadPerTick = null,
        ?int $maxFramesPerTick = null,
        ?int $maxEventsPerTick = null,
        ?int $eventDropLogIntervalMs = null,
        ?int $memoryLimit = null,
        ?array $allowedEvents = null,
        ?array $blockedEvents = null,
        ?array $eventPriorities = null,
        ?bool $pushFilters = null,
        ?bool $reconcile = null,
        ?array $redactionKeys = null,
        ?array $redactionKeyPatterns = null,
        ?array $redactionValuePatterns = null,
        ?bool $logActions = null,
        ?bool $logFrames = null,
        ?bool $enforceIpEndpoints = null,
        ?bool $lazy = null,
        ?string $io = null,
    ) {
        $arguments = get_defined_vars();
        try {
            $this->fill(Polyfill\Options::read(array_combine(array_keys(Polyfill\Options::TABLE), array_values($arguments)), inArray: false));
        } catch (InvalidConfigurationException $error) {
            throw Polyfill\Refusal::inCamelCase($error);
        }
    }

    /**
     * Reads options by their names in snake case, as a configuration file has them.
     *
     * Null is the same as not given. As environment variables are strings, a number may be a numeric string
     * (`'12'`), and a boolean may be `'true'`, `'false'`, `'1'`, `'0'`, 1 or 0.
     *
     * @param array<string, mixed> $options
     *
     * @throws InvalidConfigurationException where an option is unknown, of another type, out of its range, or
     *     contradicts another; key() is its name in snake case, suggestion() the nearest known one
     */
    public static function fromArray(array $options): self
    {
        $given = Polyfill\Options::read($options, inArray: true);
        $self = new \ReflectionClass(self::class)->newInstanceWithoutConstructor();
        $self->fill($given);

        return $self;
    }

    /**
     * Every option with its value, given or default, by its name in snake case.
     *
     * @return array{
     *     connect_timeout: float,
     *     auth_timeout: float,
     *     read_timeout: float,
     *     heartbeat_interval: float,
     *     heartbeat_misses: int,
     *     action_timeout: float,
     *     backoff_min_ms: int,
     *     backoff_max_ms: int,
     *     max_reconnect_attempts: int,
     *     max_connect_attempts_per_tick: int,
     *     max_connecting: int,
     *     circuit_failure_threshold: int,
     *     circuit_cooldown: float,
     *     circuit_half_open_max_probes: int,
     *     write_buffer_limit: int,
     *     max_pending_actions: int,
     *     event_queue_capacity: int,
     *     max_frame_size: int,
     *     parser_buffer_limit: int,
     *     command_output_limit: int,
     *     max_action_id_length: int,
     *     max_bytes_read_per_tick: int,
     *     max_frames_per_tick: int,
     *     max_events_per_tick: int,
     *     event_drop_log_interval_ms: int,
     *     memory_limit: int,
     *     allowed_events: list<string>,
     *     blocked_events: list<string>,
     *     event_priorities: list<string>,
     *     push_filters: bool,
     *     reconcile: bool,
     *     redaction_keys: list<string>,
     *     redaction_key_patterns: list<string>,
     *     redaction_value_patterns: list<string>,
     *     log_actions: bool,
     *     log_frames: bool,
     *     enforce_ip_endpoints: bool,
     *     lazy: bool,
     *     io: string,
     * }
     */
    public function toArray(): array
    {
        $options = [];
        foreach (Polyfill\Options::TABLE as $name => $kind) {
            $options[$name] = $this->{Polyfill\Options::camelCase($name)};
        }

        // @phpstan-ignore return.type (one value for each name of the table; a test compares them)
        return $options;
    }

    /** @param array<string, mixed> $given */
    private function fill(array $given): void
    {
        foreach (Polyfill\Options::complete($given) as $name => $value) {
            $this->{Polyfill\Options::camelCase($name)} = $value;
        }
        $this->given = $given;
    }
}
