<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\ConnectionState;

/**
 * health() and metrics() of a fake: the shapes of the real ones, with the few numbers that a fake has. All others are 0.
 *
 * @internal
 */
trait TellsNumbers
{
    private const array SERVER_COUNTERS = [
        'read_bytes', 'written_bytes', 'frames', 'events', 'events_queued', 'events_dispatched', 'events_unheard', 'events_late',
        'events_before_ready', 'listener_failures', 'protocol_desync', 'frames_too_long', 'frames_cut', 'responses_unmatched', 'actions_sent',
        'actions_refused', 'lookups', 'lookups_failed', 'connect_attempts', 'sessions', 'reconnects', 'losses', 'filters_pushed',
        'filters_given_up', 'heartbeats_missed',
    ];

    private const array SERVER_GAUGES = [
        'state_since_timestamp_seconds', 'failed_attempts', 'next_attempt_timestamp_seconds', 'event_queue_depth', 'event_queue_capacity',
        'event_queue_age_seconds', 'pending_actions', 'pending_actions_limit', 'write_buffer_bytes', 'write_buffer_limit_bytes',
    ];

    private const array PROCESS = [
        'callback_failures', 'callback_failures_unlogged', 'log_failures', 'log_records_dropped', 'log_records_held_back', 'lookups_refused',
        'removed_servers_untold', 'background_panics', 'timeouts_clamped',
    ];

    /** From the best to the worst. */
    private const array BADNESS = [
        ConnectionState::Ready, ConnectionState::Degraded, ConnectionState::Authenticating, ConnectionState::Connected,
        ConnectionState::Connecting, ConnectionState::Closing, ConnectionState::Disconnected, ConnectionState::Reconnecting, ConnectionState::Fatal,
    ];

    abstract protected function network(): FakeNetwork;

    public function health(): array
    {
        return array_map(static fn(FakeServer $server): array => $server->health(), $this->network()->servers());
    }

    public function clusterHealth(): array
    {
        $states = array_map(static fn(FakeServer $server): ConnectionState => $server->state, $this->network()->servers());
        $counts = array_fill_keys(array_map(static fn(ConnectionState $state): string => $state->value, ConnectionState::cases()), 0);
        $worst = null;
        foreach ($states as $state) {
            $counts[$state->value]++;
            $worst = $worst === null || array_search($state, self::BADNESS, true) > array_search($worst, self::BADNESS, true) ? $state : $worst;
        }
        $servers = $this->network()->servers();

        return [
            'servers' => \count($servers),
            'usable' => \count(array_filter($servers, static fn(FakeServer $server): bool => $server->isUsable())),
            'worst_state' => $worst,
            'states' => $counts,
            'next_retry_at' => null,
            'event_lag_ms' => 0.0,
            'queued_events' => 0,
            'pending_actions' => array_sum(array_map(static fn(FakeServer $server): int => \count($server->pending), $servers)),
            'unwritten_bytes' => 0,
            'dropped_events' => 0,
        ];
    }

    public function metrics(): array
    {
        $zeros = self::zeros(...);
        $none = ['count' => 0, 'sum' => 0.0, 'buckets' => []];
        $servers = [];
        foreach ($this->network()->servers() as $key => $server) {
            $servers[$key] = [
                ...$zeros(self::SERVER_COUNTERS),
                'events' => $server->eventsQueued + $server->eventsUnheard,
                'events_queued' => $server->eventsQueued,
                'events_unheard' => $server->eventsUnheard,
                'actions_sent' => $server->actionsSent,
                'sessions' => $server->sessions,
                'reconnects' => max(0, $server->sessions - 1),
                'actions' => [],
                'losses_by_reason' => [],
                'events_dropped' => 0,
                'events_dropped_by_name' => [],
                'ready' => (int) $server->isUsable(),
                'connection_state' => [$server->state->value => 1],
                'circuit_state' => ['closed' => 1],
                ...$zeros(self::SERVER_GAUGES),
                'state_since_timestamp_seconds' => $server->since,
                'pending_actions' => \count($server->pending),
                'heartbeat_latency_seconds' => null,
                'action_latency_seconds' => [],
                'listener_duration_seconds' => $none,
                'event_lag_seconds' => $none,
            ];
        }

        return [
            'servers' => $servers,
            'removed' => [...$zeros(self::SERVER_COUNTERS), 'events_dropped' => 0, 'servers' => 0, 'actions' => []],
            'process' => [
                'build_info' => [],
                'servers' => \count($servers),
                ...$zeros(self::PROCESS),
                'callback_failures' => $this->network()->telling->failed(),
                'memory_bytes' => null,
                'memory_limit_bytes' => null,
                'tick_duration_seconds' => $none,
            ],
        ];
    }

    public function prometheus(bool $openMetrics = false): string
    {
        $lines = ['# HELP ami_ready Whether actions can be sent', '# TYPE ami_ready gauge'];
        foreach ($this->network()->servers() as $key => $server) {
            $lines[] = "ami_ready{server_key=\"$key\",server_host=\"$server->host\"} " . (int) $server->isUsable();
        }

        return implode("\n", $lines) . "\n" . ($openMetrics ? "# EOF\n" : '');
    }

    /**
     * @param list<string> $names
     *
     * @return array<string, int>
     */
    private static function zeros(array $names): array
    {
        return array_fill_keys($names, 0);
    }
}
