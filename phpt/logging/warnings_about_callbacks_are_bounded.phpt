--TEST--
Without a logger a flood of callbacks that throw makes at most ten warnings a second, and all are counted
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

final class StandingClock implements \Psr\Clock\ClockInterface
{
    public \DateTimeImmutable $now;

    public function now(): \DateTimeImmutable
    {
        return $this->now;
    }
}
$clock = new StandingClock();
$clock->now = new \DateTimeImmutable('2026-01-01 00:00:00');

$simulator = new Simulator();
$manager = $simulator->ready(clock: $clock);
$warnings = [];
set_error_handler(function (int $level, string $message) use (&$warnings) {
    $warnings[] = $message;
    return true;
});
$calls = 0;
for ($i = 0; $i < 30; $i++) {
    $manager->onEvent('One', function () use (&$calls) {
        $calls++;
        throw new \DomainException('again');
    });
}
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$calls) { return $calls === 30; });
echo count($warnings), " of ", $manager->metrics()['process']['callback_failures'], "\n";
$clock->now = new \DateTimeImmutable('2026-01-01 00:00:01');
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$calls) { return $calls === 60; });
echo count($warnings), "\n", preg_replace('~^.*?: ~', '', $warnings[10]), "\n", preg_replace('~^.*?: ~', '', $warnings[11]), "\n";
?>
--EXPECT--
10 of 30
20
a callback threw: DomainException: again (20 more before it were only counted)
a callback threw: DomainException: again
