--TEST--
A PSR clock says when events were received and records were made
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

final class Fixed implements \Psr\Clock\ClockInterface
{
    public string $now = '2001-02-03 04:05:06.789012 UTC';
    public function now(): \DateTimeImmutable { return new \DateTimeImmutable($this->now); }
}
$simulator = new Simulator();
$clock = new Fixed();
$logger = new Records();
$manager = $simulator->manager([], [], logger: $logger, clock: $clock);
$manager->tickAll();
$manager->default()->waitUntilReady();
$times = [];
$manager->onEvent('One', function (AmiEvent $event) use (&$times) { $times[] = $event->receivedAt; });
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$times) { return count($times) === 1; });
$clock->now = '2030-01-01 00:00:00 +0100';
$manager->tickAll();
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$times) { return count($times) === 2; });
// A thread cannot ask the clock: it goes on from what the last tick was told.
$at = static fn (float $time, float $fixed, int $second = 1): float => mode() !== [] && $time >= $fixed && $time < $fixed + 5 * $second ? $fixed : $time;
printf("%.6F %.6F\n", $at($times[0], 981173106.789012), $at($times[1], 1893452400));
$logged = array_column(array_column($logger->records, 2), 'timestamp_ms');
var_dump(array_unique(array_map(static fn (int $time): int => (int) $at($time, 981173106789, 1000), $logged)));
var_dump($at($manager->default()->call(new GenericAction('Ping'))->receivedAt, 1893452400));
?>
--EXPECT--
981173106.789012 1893452400.000000
array(1) {
  [0]=>
  int(981173106789)
}
float(1893452400)
