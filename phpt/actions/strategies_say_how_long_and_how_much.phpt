--TEST--
Strategies say how long an action may take and how many messages it may have, within bounds
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/../config/helper.inc';

$strategies = [new SingleResponse(), new SingleResponse(50), new AsyncEvent(), new AsyncEvent(maxDurationMs: 86_400_000), new Command(), new Command(null),
    new EventList(), new EventList(null), new EventList(maxMessages: 1), new EventList(1000, 1_000_000, ['QueueStatusComplete', ' foo ']),
    new MultiEvent(['FAXStats']), new MultiEvent([' A ', 'b'], 50, 3), new EventOnly(['x'], maxMessages: 2), new CompleteWhen('is_object'), new CompleteWhen(fn () => true, 60_000, 5)];
foreach ($strategies as $strategy) {
    echo $strategy::class, ' ', json_encode([$strategy->maxDurationMs(), $strategy->maxMessages()]);
    echo $strategy instanceof EventList ? ' ' . json_encode($strategy->completeEvents()) : '';
    echo $strategy instanceof MultiEvent || $strategy instanceof EventOnly ? ' ' . json_encode($strategy->terminalEvents()) : '', "\n";
}
foreach ([49, 0, -1, 86_400_001, '50', 50.0, true] as $duration) {
    refused(fn () => new SingleResponse($duration));
}
foreach ([0, 1_000_001, null, '5'] as $messages) {
    refused(fn () => new EventList(maxMessages: $messages));
}
foreach ([[''], [5], ['a' => 'b'], null, 'QueueStatusComplete', array_fill(0, 17, 'x')] as $names) {
    refused(fn () => new EventList(completeEvents: $names));
}
refused(fn () => new AsyncEvent(49));
refused(fn () => new MultiEvent([]));
refused(fn () => new EventOnly([''], 50));
refused(fn () => new EventOnly(['x'], 49));
refused(fn () => new CompleteWhen('is_object', 49));
try {
    new CompleteWhen('no_such_function');
} catch (\TypeError $e) {
    echo $e->getMessage(), "\n";
}
refused(fn () => new Command('soon'));
?>
--EXPECT--
Apn\AmiClient\SingleResponse [null,1]
Apn\AmiClient\SingleResponse [50,1]
Apn\AmiClient\AsyncEvent [null,2]
Apn\AmiClient\AsyncEvent [86400000,2]
Apn\AmiClient\Command [null,1]
Apn\AmiClient\Command [null,1]
Apn\AmiClient\EventList [60000,10000] []
Apn\AmiClient\EventList [null,10000] []
Apn\AmiClient\EventList [60000,1] []
Apn\AmiClient\EventList [1000,1000000] ["queuestatuscomplete","foo"]
Apn\AmiClient\MultiEvent [null,10000] ["faxstats"]
Apn\AmiClient\MultiEvent [50,3] ["a","b"]
Apn\AmiClient\EventOnly [null,2] ["x"]
Apn\AmiClient\CompleteWhen [null,10000]
Apn\AmiClient\CompleteWhen [60000,5]
maxDurationMs: 49 is out of range (50 to 86400000)
  key 'maxDurationMs', value 49, suggestion NULL
maxDurationMs: 0 is out of range (50 to 86400000)
  key 'maxDurationMs', value 0, suggestion NULL
maxDurationMs: -1 is out of range (50 to 86400000)
  key 'maxDurationMs', value -1, suggestion NULL
maxDurationMs: 86400001 is out of range (50 to 86400000)
  key 'maxDurationMs', value 86400001, suggestion NULL
maxDurationMs: "50" must be a whole number, string given
  key 'maxDurationMs', value '50', suggestion NULL
maxDurationMs: 50.0 must be a whole number, float given
  key 'maxDurationMs', value 50.0, suggestion NULL
maxDurationMs: true must be a whole number, bool given
  key 'maxDurationMs', value true, suggestion NULL
maxMessages: 0 is out of range (1 to 1000000)
  key 'maxMessages', value 0, suggestion NULL
maxMessages: 1000001 is out of range (1 to 1000000)
  key 'maxMessages', value 1000001, suggestion NULL
maxMessages: null must be a whole number, null given
  key 'maxMessages', value NULL, suggestion NULL
maxMessages: "5" must be a whole number, string given
  key 'maxMessages', value '5', suggestion NULL
completeEvents: "" is no event name
  key 'completeEvents', value '', suggestion NULL
completeEvents: 5 must be a list of event names, int given
  key 'completeEvents', value 5, suggestion NULL
completeEvents: an array of 1 must be a list of event names, array given
  key 'completeEvents', value array, suggestion NULL
completeEvents: null must be a list of event names, null given
  key 'completeEvents', value NULL, suggestion NULL
completeEvents: "QueueStatusComplete" must be a list of event names, string given
  key 'completeEvents', value 'QueueStatusComplete', suggestion NULL
completeEvents: array has more than 16 names
  key 'completeEvents', value 'array', suggestion NULL
maxDurationMs: 49 is out of range (50 to 86400000)
  key 'maxDurationMs', value 49, suggestion NULL
terminalEvents: an array of 0 names no event: nothing would end the action
  key 'terminalEvents', value array, suggestion NULL
terminalEvents: "" is no event name
  key 'terminalEvents', value '', suggestion NULL
maxDurationMs: 49 is out of range (50 to 86400000)
  key 'maxDurationMs', value 49, suggestion NULL
maxDurationMs: 49 is out of range (50 to 86400000)
  key 'maxDurationMs', value 49, suggestion NULL
Argument #1 ($isComplete) must be a valid callback, function "no_such_function" not found or invalid function name
maxDurationMs: "soon" must be a whole number, string given
  key 'maxDurationMs', value 'soon', suggestion NULL
