--TEST--
A listener that throws stops no other; without a logger it shows as a warning
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
$done = 0;
$manager->onEvent('One', function () { throw new \DomainException('100 %s of %n'); });
$manager->onEvent('One', fn () => missing_function());
$manager->onEvent('One', function () { throw new \LogicException("a\0b"); });
$manager->onEvent('One', function () use (&$done) { $done++; });
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$done) { return $done === 1; });
echo "on it goes\n";
set_error_handler(function (int $level, string $message) { throw new \ErrorException($message); });
$simulator->send('pbx1', ['One', 'One']);
until($manager, function () use (&$done) { return $done === 3; });
restore_error_handler();
var_dump($manager->metrics()['process']['callback_failures'], $manager->default()->state());
$simulator->send('pbx1', ['One']);
for ($until = microtime(true) + 5; microtime(true) < $until;) {
    $summary = @$manager->tickAll(50);
    if ($summary->eventsDispatched > 0) {
        var_dump($summary->listenerFailures);
        break;
    }
}
?>
--EXPECTF--
Warning: %S: a callback threw: DomainException: 100 %s of %n in %s on line %d

Warning: %S: a callback threw: Error: Call to undefined function Apn\AmiClient\missing_function() in %s on line %d

Warning: %S: a callback threw: LogicException: a%sb in %s on line %d
on it goes
int(9)
enum(Apn\AmiClient\ConnectionState::Ready)
int(3)
