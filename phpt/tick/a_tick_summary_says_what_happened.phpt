--TEST--
A TickSummary says what happened; a timeout that was cut short is no progress
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/../config/helper.inc';

var_dump(new TickSummary(bytesRead: 520, framesRead: 1, eventsUnheard: 1, timeoutClamped: true));
var_dump((new TickSummary())->hasProgress(), (new TickSummary(timeoutClamped: true))->hasProgress());
foreach ((new \ReflectionClass(TickSummary::class))->getConstructor()->getParameters() as $parameter) {
    if ((string) $parameter->getType() === 'int') {
        echo $parameter->name, (new TickSummary(...[$parameter->name => 1]))->hasProgress() ? " is progress\n" : " is none\n";
    }
}
refused(fn () => new TickSummary(framesRead: -1));
refused(fn () => new TickSummary('1'));
refused(fn () => new TickSummary(timeoutClamped: 1));
refused(fn () => new TickSummary(stopping: 1));
var_dump((new TickSummary(stopping: 'why'))->stopping);
$summary = new TickSummary();
refused(fn () => $summary->bytesRead = 1);
refused(fn () => $summary->__construct());
refused(fn () => clone $summary);
?>
--EXPECT--
object(Apn\AmiClient\TickSummary)#1 (11) {
  ["bytesRead"]=>
  int(520)
  ["bytesWritten"]=>
  int(0)
  ["framesRead"]=>
  int(1)
  ["eventsDispatched"]=>
  int(0)
  ["eventsDropped"]=>
  int(0)
  ["eventsUnheard"]=>
  int(1)
  ["actionsCompleted"]=>
  int(0)
  ["connectAttempts"]=>
  int(0)
  ["listenerFailures"]=>
  int(0)
  ["timeoutClamped"]=>
  bool(true)
  ["stopping"]=>
  NULL
}
bool(false)
bool(false)
bytesRead is progress
bytesWritten is progress
framesRead is progress
eventsDispatched is progress
eventsDropped is progress
eventsUnheard is progress
actionsCompleted is progress
connectAttempts is progress
listenerFailures is progress
framesRead: -1 is negative
  key 'framesRead', value -1, suggestion NULL
bytesRead: "1" must be a whole number, string given
  key 'bytesRead', value '1', suggestion NULL
timeoutClamped: 1 must be true or false, int given
  key 'timeoutClamped', value 1, suggestion NULL
stopping: 1 must be a string or null, int given
  key 'stopping', value 1, suggestion NULL
string(3) "why"
Error: Cannot modify readonly property Apn\AmiClient\TickSummary::$bytesRead
Error: Apn\AmiClient\TickSummary is constructed already
Error: Trying to clone an uncloneable object of class Apn\AmiClient\TickSummary
