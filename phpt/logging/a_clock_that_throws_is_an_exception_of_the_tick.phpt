--TEST--
What a clock throws comes out of the tick, and the next tick works
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

final class Broken implements \Psr\Clock\ClockInterface
{
    public bool $broken = false;
    public function now(): \DateTimeImmutable { return $this->broken ? throw new \RuntimeException('no time') : new \DateTimeImmutable(); }
}
$simulator = new Simulator();
$clock = new Broken();
$manager = $simulator->ready([], [], clock: $clock);
$clock->broken = true;
thrown(fn () => $manager->tickAll());
thrown(fn () => $manager->default()->call(new GenericAction('Ping')));
$clock->broken = false;
var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'));
?>
--EXPECT--
RuntimeException: no time
RuntimeException: no time
string(4) "Pong"
