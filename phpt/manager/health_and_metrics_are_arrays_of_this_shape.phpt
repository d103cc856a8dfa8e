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
print_r($shape($manager->metrics()));
var_dump($manager->default()->health()['since'] > 1e9, $manager->default()->health() == $manager->health()['pbx1']);
?>
--EXPECT--
Array
(
    [pbx1] => Array
        (
            [state] => Apn\AmiClient\ConnectionState
            [circuit] => Apn\AmiClient\CircuitState
            [since] => float
            [failedAttempts] => int
            [retryInMs] => null
            [lastError] => null
            [pendingActions] => int
            [queuedEvents] => int
            [unwrittenBytes] => int
            [droppedEvents] => int
            [sessions] => int
        )

)
Array
(
    [servers] => Array
        (
            [pbx1] => Array
                (
                    [bytes_read] => int
                    [bytes_written] => int
                    [frames] => int
                    [events] => int
                    [events_queued] => int
                    [events_dispatched] => int
                    [events_unheard] => int
                    [events_late] => int
                    [events_before_ready] => int
                    [protocol_desync] => int
                    [frames_too_long] => int
                    [frames_cut] => int
                    [responses_unmatched] => int
                    [actions_sent] => int
                    [actions_completed] => int
                    [actions_failed] => int
                    [actions_refused] => int
                    [lookups] => int
                    [lookups_failed] => int
                    [connect_attempts] => int
                    [sessions] => int
                    [losses] => int
                    [filters_pushed] => int
                    [filters_given_up] => int
                    [heartbeats_missed] => int
                    [events_dropped] => int
                    [events_dropped_by_name] => Array
                        (
                        )

                )

        )

    [removed] => Array
        (
            [bytes_read] => int
            [bytes_written] => int
            [frames] => int
            [events] => int
            [events_queued] => int
            [events_dispatched] => int
            [events_unheard] => int
            [events_late] => int
            [events_before_ready] => int
            [protocol_desync] => int
            [frames_too_long] => int
            [frames_cut] => int
            [responses_unmatched] => int
            [actions_sent] => int
            [actions_completed] => int
            [actions_failed] => int
            [actions_refused] => int
            [lookups] => int
            [lookups_failed] => int
            [connect_attempts] => int
            [sessions] => int
            [losses] => int
            [filters_pushed] => int
            [filters_given_up] => int
            [heartbeats_missed] => int
            [events_dropped] => int
            [servers] => int
        )

    [process] => Array
        (
            [callback_failures] => int
            [log_failures] => int
            [callback_failures_unlogged] => int
            [timeouts_clamped] => int
            [log_records_dropped] => int
        )

)
bool(true)
bool(true)
