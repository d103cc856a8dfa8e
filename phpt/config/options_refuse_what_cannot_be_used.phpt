--TEST--
ClientOptions refuse unknown options, wrong types, values out of range and contradictions, by name
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/helper.inc';

refused(fn () => ClientOptions::fromArray(['conect_timeout' => 5]));
refused(fn () => ClientOptions::fromArray(['connectTimeout' => 5]));
refused(fn () => ClientOptions::fromArray(['memory_limit' => 128]));
refused(fn () => ClientOptions::fromArray(["\xff\0" => 0]));
refused(fn () => ClientOptions::fromArray([5]));
refused(fn () => new ClientOptions(conectTimeout: 5));
refused(fn () => new ClientOptions(maxActionIdLength: 16));
refused(fn () => new ClientOptions(connectTimeout: 0));
refused(fn () => new ClientOptions(connectTimeout: NAN));
refused(fn () => new ClientOptions(connectTimeout: INF));
refused(fn () => new ClientOptions(heartbeatMisses: 2.0));
refused(fn () => new ClientOptions(heartbeatMisses: new \stdClass()));
refused(fn () => new ClientOptions(heartbeatMisses: fn () => 1));
refused(fn () => new ClientOptions(heartbeatMisses: [1]));
refused(fn () => new ClientOptions(heartbeatMisses: STDOUT));
refused(fn () => new ClientOptions(allowedEvents: 'Hangup'));
refused(fn () => new ClientOptions(allowedEvents: ['Hangup', "a\r\nb"]));
refused(fn () => new ClientOptions(allowedEvents: ['Hangup' => true]));
refused(fn () => new ClientOptions(maxFrameSize: 4 * 1024 * 1024));
refused(fn () => new ClientOptions(maxFrameSize: 1048576, parserBufferLimit: 1048579));
refused(fn () => new ClientOptions(backoffMinMs: 200, backoffMaxMs: 100));
refused(fn () => ClientOptions::fromArray(['backoff_min_ms' => 200, 'backoff_max_ms' => 100]));
refused(fn () => ClientOptions::fromArray('no array'));
refused(fn () => ClientOptions::fromArray());
$loop = [];
$loop['allowed_events'] = &$loop;
refused(fn () => ClientOptions::fromArray($loop));
?>
--EXPECTF--
option "conect_timeout" is unknown; did you mean "connect_timeout"?
  key 'conect_timeout', value 5, suggestion 'connect_timeout'
option "connectTimeout" is unknown; did you mean "connect_timeout"?
  key 'connectTimeout', value 5, suggestion 'connect_timeout'
memory_limit: 128 is out of range (16777216 to 1099511627776, or 0 for none)
  key 'memory_limit', value 128, suggestion NULL
option "%s\u{0}" is unknown
  key '%s\000', value 0, suggestion NULL
option "0" is unknown
  key '0', value 5, suggestion NULL
Error: Unknown named parameter $conectTimeout
maxActionIdLength: 16 is out of range (32 to 256)
  key 'maxActionIdLength', value 16, suggestion NULL
connectTimeout: 0 is out of range (0.05 to 300 seconds)
  key 'connectTimeout', value 0, suggestion NULL
connectTimeout: NAN is out of range (0.05 to 300 seconds)
  key 'connectTimeout', value NAN, suggestion NULL
connectTimeout: INF is out of range (0.05 to 300 seconds)
  key 'connectTimeout', value INF, suggestion NULL
heartbeatMisses: 2.0 must be a whole number, float given
  key 'heartbeatMisses', value 2.0, suggestion NULL
heartbeatMisses: stdClass must be a whole number, stdClass given
  key 'heartbeatMisses', value 'stdClass', suggestion NULL
heartbeatMisses: Closure must be a whole number, Closure given
  key 'heartbeatMisses', value 'Closure', suggestion NULL
heartbeatMisses: an array of 1 must be a whole number, array given
  key 'heartbeatMisses', value array, suggestion NULL
heartbeatMisses: resource must be a whole number, resource given
  key 'heartbeatMisses', value 'resource', suggestion NULL
allowedEvents: "Hangup" must be a list of event names
  key 'allowedEvents', value 'Hangup', suggestion NULL
allowedEvents.1: "a\r\nb" is no event name (1 to 128 printable ASCII characters without spaces)
  key 'allowedEvents.1', value 'a\r\nb', suggestion NULL
allowedEvents: an array of 1 must be a list of event names
  key 'allowedEvents', value array, suggestion NULL
maxFrameSize: 4194304 does not fit with its delimiter into parserBufferLimit (2097152)
  key 'maxFrameSize', value 4194304, suggestion NULL
parserBufferLimit: 1048579 is less than maxFrameSize and its delimiter (1048580)
  key 'parserBufferLimit', value 1048579, suggestion NULL
backoffMaxMs: 100 is less than backoffMinMs (200)
  key 'backoffMaxMs', value 100, suggestion NULL
backoff_max_ms: 100 is less than backoff_min_ms (200)
  key 'backoff_max_ms', value 100, suggestion NULL
options: "***" must be an array of values by name, string given
  key 'options', value '***', suggestion NULL
ArgumentCountError: %s
allowed_events: an array of 1 must be a list of event names
  key 'allowed_events', value array, suggestion NULL
