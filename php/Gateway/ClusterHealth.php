<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\ConnectionState;

/**
 * What clusterHealth() says of one process, added up over listeners.
 *
 * @internal
 */
final class ClusterHealth
{
    /** From the best to the worst, as in src/core/export/overview.rs. */
    private const array ORDER = [
        ConnectionState::Ready,
        ConnectionState::Degraded,
        ConnectionState::Authenticating,
        ConnectionState::Connected,
        ConnectionState::Connecting,
        ConnectionState::Closing,
        ConnectionState::Disconnected,
        ConnectionState::Reconnecting,
        ConnectionState::Fatal,
    ];

    /**
     * @param array<array-key, ConnectionState> $states
     * @param array<array-key, array<string, mixed>> $health of those of which something is known
     *
     * @return array{servers: int, usable: int, worst_state: ConnectionState|null, states: array<string, int>,
     *     next_retry_at: int|null, event_lag_ms: float, queued_events: int, pending_actions: int, unwritten_bytes: int,
     *     dropped_events: int}
     */
    public static function of(array $states, array $health): array
    {
        $counts = array_fill_keys(array_map(static fn(ConnectionState $state): string => $state->value, ConnectionState::cases()), 0);
        $worst = -1;
        foreach ($states as $state) {
            $counts[$state->value]++;
            $worst = max($worst, (int) array_search($state, self::ORDER, true));
        }
        $retries = array_filter(array_column($health, 'next_retry_at'), is_int(...));
        $lags = array_filter(array_column($health, 'event_lag_ms'), is_float(...));
        $sum = static fn(string $name): int => array_sum(array_filter(array_column($health, $name), is_int(...)));

        return [
            'servers' => \count($states),
            'usable' => $counts[ConnectionState::Ready->value] + $counts[ConnectionState::Degraded->value],
            'worst_state' => self::ORDER[$worst] ?? null,
            'states' => $counts,
            'next_retry_at' => $retries === [] ? null : min($retries),
            'event_lag_ms' => $lags === [] ? 0.0 : max($lags),
            'queued_events' => $sum('queued_events'),
            'pending_actions' => $sum('pending_actions'),
            'unwritten_bytes' => $sum('unwritten_bytes'),
            'dropped_events' => $sum('dropped_events'),
        ];
    }
}
