--TEST--
A flood of callbacks that throw is told ten times a minute, and counted
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
require __DIR__ . '/../psr.inc';

final class Let_Go
{
    public static int $gone = 0;
    public function __destruct() { self::$gone++; }
}
$simulator = new Simulator();
$logger = new Records();
$manager = $simulator->ready([], [], logger: $logger);
$calls = 0;
$manager->onEvent('One', function () use (&$calls) {
    $calls++;
    $held = new Let_Go();
    (fn (Let_Go $held) => throw new \DomainException("the $calls."))($held);
});
$simulator->send('pbx1', array_fill(0, 30, 'One'));
until($manager, function () use (&$calls) { return $calls === 30; });
$manager->tickAll();
$told = $logger->of('a callback threw');
$process = $manager->metrics()['process'];
var_dump(count($told), $told[0]['callback'], $process['callback_failures'], $process['log_records_held_back'], $process['log_records_dropped']);
// What is not told is not kept either.
var_dump(Let_Go::$gone >= 20);
?>
--EXPECT--
int(10)
string(8) "listener"
int(30)
int(20)
int(0)
bool(true)
