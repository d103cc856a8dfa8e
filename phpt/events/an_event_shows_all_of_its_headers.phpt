--TEST--
An event shows its headers as they came, and cannot be changed
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
$seen = null;
$manager->onEvent('Odd', function (AmiEvent $event) use (&$seen) { $seen = $event; });
$simulator->raw('pbx1', "Event: Odd\r\nVariable: a\r\nEmpty: \r\nVariable: b\r\nNoSpace:x\r\nBytes: \xff\xfe\r\n12: number\r\n\r\n");
until($manager, function () use (&$seen) { return $seen !== null; });
foreach ($seen->headers as $key => $value) {
    echo var_export($key, true), ' => ', is_array($value) ? implode('|', $value) : bin2hex($value), "\n";
}
var_dump($seen->get('VARIABLE'), $seen->all('variable'), $seen->has('empty'), $seen->get('empty'), $seen->has('none'), $seen->get('none'), $seen->all('none'));
var_dump(abs($seen->receivedAt - microtime(true)) < 60, strlen($seen->raw()));
thrown(function () use ($seen) { $seen->name = 'x'; });
thrown(function () use ($seen) { $seen->other = 'x'; });
thrown(fn () => clone $seen);
thrown(fn () => serialize($seen));
thrown(fn () => new AmiEvent());
?>
--EXPECT--
'event' => 4f6464
'variable' => a|b
'empty' => 
'nospace' => 78
'bytes' => fffe
12 => 6e756d626572
string(1) "a"
array(2) {
  [0]=>
  string(1) "a"
  [1]=>
  string(1) "b"
}
bool(true)
string(0) ""
bool(false)
NULL
array(0) {
}
bool(true)
int(79)
Error: Cannot modify readonly property Apn\AmiClient\AmiEvent::$name
Error: Cannot create dynamic property Apn\AmiClient\AmiEvent::$other
Error: Trying to clone an uncloneable object of class Apn\AmiClient\AmiEvent
Exception: Serialization of 'Apn\AmiClient\AmiEvent' is not allowed
Error: Call to private Apn\AmiClient\AmiEvent::__construct() from global scope
