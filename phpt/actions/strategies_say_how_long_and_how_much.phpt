--TEST--
Strategies say how long an action may take and how many messages it may have, within bounds
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/../config/helper.inc';

$strategies = [new SingleResponse(), new SingleResponse(50), new AsyncEvent(), new AsyncEvent(maxDurationMs: 86_400_000), new Command(), new Command(null),
    new EventList(), new EventList(null), new EventList(maxMessages: 1), new EventList(1000, 1_000_000, ['QueueStatusComplete', ' foo '])];
foreach ($strategies as $strategy) {
    echo $strategy::class, ' ', json_encode([$strategy->maxDurationMs(), $strategy->maxMessages()]);
    echo $strategy instanceof EventList ? ' ' . json_encode($strategy->completeEvents()) : '', "\n";
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
maxDurationMs: "soon" must be a whole number, string given
  key 'maxDurationMs', value 'soon', suggestion NULL
