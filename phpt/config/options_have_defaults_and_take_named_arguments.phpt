--TEST--
ClientOptions have their defaults, and take each option as a named argument
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

foreach ((new ClientOptions())->toArray() as $name => $value) {
    echo $name, ' ', json_encode($value), "\n";
}

$options = new ClientOptions(connectTimeout: 3, backoffMaxMs: 500, allowedEvents: ['NewChannel', 'Hangup', 'hangup'], lazy: false, readTimeout: null);
var_dump($options->connectTimeout, $options->backoffMaxMs, $options->allowedEvents, $options->lazy, $options->readTimeout);
var_dump(ClientOptions::fromArray($options->toArray()) == $options);
?>
--EXPECT--
connect_timeout 10
auth_timeout 10
read_timeout 30
heartbeat_interval 15
heartbeat_misses 2
action_timeout 30
backoff_min_ms 100
backoff_max_ms 30000
max_reconnect_attempts 0
max_connect_attempts_per_tick 5
max_connecting 40
circuit_failure_threshold 5
circuit_cooldown 30
circuit_half_open_max_probes 1
write_buffer_limit 5242880
max_pending_actions 5000
event_queue_capacity 10000
max_frame_size 1048576
parser_buffer_limit 2097152
command_output_limit 1048576
max_action_id_length 64
max_bytes_read_per_tick 1048576
max_frames_per_tick 1000
max_events_per_tick 1000
event_drop_log_interval_ms 1000
memory_limit 0
allowed_events []
blocked_events []
event_priorities []
push_filters false
reconcile false
redaction_keys []
redaction_key_patterns []
redaction_value_patterns []
log_actions false
log_frames false
enforce_ip_endpoints true
lazy true
io "inline"
float(3)
int(500)
array(2) {
  [0]=>
  string(10) "newchannel"
  [1]=>
  string(6) "hangup"
}
bool(false)
float(30)
bool(true)
