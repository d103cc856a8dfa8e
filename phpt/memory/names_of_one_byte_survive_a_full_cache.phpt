--TEST--
An event whose name is of one byte, or none, frees no string of the engine's once the cache of names is full
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

// More names than the cache keeps: from here on each is made anew.
for ($number = 0; $number < 2_000; $number++) {
    AmiEvent::fromRaw('pbx1', "Event: Name$number");
}
foreach (['Event: A', 'Event: '] as $frame) {
    for ($times = 0; $times < 100; $times++) {
        AmiEvent::fromRaw('pbx1', $frame);
    }
}
for ($times = 0; $times < 100; $times++) {
    AmiResponse::fromRaw('pbx1', 'Response: A');
}
// Whoever gets the memory next must not find these strings in it.
$taken = [];
for ($number = 0; $number < 1_000; $number++) {
    $taken[] = "taken$number";
}
var_dump(substr('xAx', 1, 1), substr('x', 1), AmiEvent::fromRaw('pbx1', 'Event: A')->name, AmiEvent::fromRaw('pbx1', "Event: \r\nA: A")->headers);
?>
--EXPECT--
string(1) "A"
string(0) ""
string(1) "A"
array(2) {
  ["event"]=>
  string(0) ""
  ["a"]=>
  string(1) "A"
}
