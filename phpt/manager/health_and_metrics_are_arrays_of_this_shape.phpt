--TEST--
health() and metrics() have the shapes that the stubs say
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

$simulator = new Simulator();
$manager = $simulator->ready();
$shape = static function (array $array) use (&$shape): array {
    return array_map(static fn (mixed $value) => is_array($value) ? $shape($value) : get_debug_type($value), $array);
};
print_r($shape($manager->health()));
print_r($shape($manager->clusterHealth()));
// The bounds of histograms are told once, below.
$metrics = $manager->metrics();
$buckets = [];
$short = static function (array $array) use (&$short, &$buckets): array {
    foreach ($array as $key => $value) {
        if (isset($value['buckets'])) {
            $buckets[$key] = array_keys($value['buckets']);
            $array[$key] = 'histogram';
        } elseif (is_array($value)) {
            $array[$key] = $short($value);
        }
    }
    return $array;
};
print_r($shape($short($metrics)));
foreach ($buckets as $name => $bounds) {
    echo $name, ': ', implode(' ', $bounds), "\n";
}
var_dump($manager->default()->health()['since'] > 1e9, $manager->default()->health() == $manager->health()['pbx1']);
?>
--EXPECTF--
Array
(
    [pbx1] => Array
        (
            [host] => string
            [port] => int
            [state] => Apn\AmiClient\ConnectionState
            [since] => float
            [circuit] => Apn\AmiClient\CircuitState
            [failed_attempts] => int
            [retry_in_ms] => null
            [next_retry_at] => null
            [last_reason] => null
            [last_error] => null
            [latency_ms] => float
            [event_lag_ms] => float
            [queued_events] => int
            [pending_actions] => int
            [unwritten_bytes] => int
            [dropped_events] => int
            [sessions] => int
        )

)
Array
(
    [servers] => int
    [usable] => int
    [worst_state] => Apn\AmiClient\ConnectionState
    [states] => Array
        (
            [disconnected] => int
            [connecting] => int
            [connected] => int
            [authenticating] => int
            [ready] => int
            [degraded] => int
            [reconnecting] => int
            [closing] => int
            [fatal] => int
        )

    [next_retry_at] => null
    [event_lag_ms] => float
    [queued_events] => int
    [pending_actions] => int
    [unwritten_bytes] => int
    [dropped_events] => int
)
Array
(
    [servers] => Array
        (
            [pbx1] => Array
                (
                    [read_bytes] => int
                    [written_bytes] => int
                    [frames] => int
                    [events] => int
                    [events_queued] => int
                    [events_dispatched] => int
                    [events_unheard] => int
                    [events_late] => int
                    [events_before_ready] => int
                    [listener_failures] => int
                    [protocol_desync] => int
                    [frames_too_long] => int
                    [frames_cut] => int
                    [responses_unmatched] => int
                    [actions_sent] => int
                    [actions_refused] => int
                    [lookups] => int
                    [lookups_failed] => int
                    [connect_attempts] => int
                    [sessions] => int
                    [reconnects] => int
                    [losses] => int
                    [filters_pushed] => int
                    [filters_given_up] => int
                    [heartbeats_missed] => int
                    [actions] => Array
                        (
                            [cancelled] => int
                            [completed] => int
                            [error] => int
                            [invalid] => int
                            [lost] => int
                            [timeout] => int
                        )

                    [losses_by_reason] => Array
                        (
                        )

                    [events_dropped] => int
                    [events_dropped_by_name] => Array
                        (
                        )

                    [ready] => int
                    [connection_state] => Array
                        (
                            [disconnected] => int
                            [connecting] => int
                            [connected] => int
                            [authenticating] => int
                            [ready] => int
                            [degraded] => int
                            [reconnecting] => int
                            [closing] => int
                            [fatal] => int
                        )

                    [state_since_timestamp_seconds] => float
                    [circuit_state] => Array
                        (
                            [closed] => int
                            [open] => int
                            [half_open] => int
                        )

                    [failed_attempts] => int
                    [next_attempt_timestamp_seconds] => int
                    [event_queue_depth] => int
                    [event_queue_capacity] => int
                    [event_queue_age_seconds] => int
                    [pending_actions] => int
                    [pending_actions_limit] => int
                    [write_buffer_bytes] => int
                    [write_buffer_limit_bytes] => int
                    [heartbeat_latency_seconds] => float
                    [action_latency_seconds] => Array
                        (
                            [completed] => string
                            [error] => string
                            [timeout] => string
                            [lost] => string
                            [cancelled] => string
                            [invalid] => string
                        )

                    [listener_duration_seconds] => string
                    [event_lag_seconds] => string
                )

        )

    [removed] => Array
        (
            [read_bytes] => int
            [written_bytes] => int
            [frames] => int
            [events] => int
            [events_queued] => int
            [events_dispatched] => int
            [events_unheard] => int
            [events_late] => int
            [events_before_ready] => int
            [listener_failures] => int
            [protocol_desync] => int
            [frames_too_long] => int
            [frames_cut] => int
            [responses_unmatched] => int
            [actions_sent] => int
            [actions_refused] => int
            [lookups] => int
            [lookups_failed] => int
            [connect_attempts] => int
            [sessions] => int
            [reconnects] => int
            [losses] => int
            [filters_pushed] => int
            [filters_given_up] => int
            [heartbeats_missed] => int
            [events_dropped] => int
            [servers] => int
            [actions] => Array
                (
                    [completed] => int
                    [error] => int
                    [timeout] => int
                    [lost] => int
                    [cancelled] => int
                    [invalid] => int
                )

        )

    [process] => Array
        (
            [build_info] => Array
                (
                    [%d.%d.%d] => int
                )

            [servers] => int
            [callback_failures] => int
            [callback_failures_unlogged] => int
            [log_failures] => int
            [log_records_dropped] => int
            [log_records_held_back] => int
            [lookups_refused] => int
            [removed_servers_untold] => int
            [background_panics] => int
            [memory_bytes] => null
            [memory_limit_bytes] => null
            [timeouts_clamped] => int
            [tick_duration_seconds] => string
        )

)
completed: 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 10.0 30.0 60.0 +Inf
error: 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 10.0 30.0 60.0 +Inf
timeout: 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 10.0 30.0 60.0 +Inf
lost: 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 10.0 30.0 60.0 +Inf
cancelled: 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 10.0 30.0 60.0 +Inf
invalid: 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 10.0 30.0 60.0 +Inf
listener_duration_seconds: 1e-06 5e-06 2.5e-05 0.0001 0.00025 0.001 0.0025 0.01 0.025 0.1 0.25 0.5 1.0 5.0 +Inf
event_lag_seconds: 2.5e-05 0.0001 0.00025 0.001 0.0025 0.01 0.025 0.1 0.25 0.5 1.0 2.5 10.0 60.0 +Inf
tick_duration_seconds: 0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 5.0 +Inf
bool(true)
bool(true)
