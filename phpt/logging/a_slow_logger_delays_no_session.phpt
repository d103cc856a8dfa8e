--TEST--
A logger that sleeps gets its records one a tick, in order; answers and heartbeats go on
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

final class Slow implements \Psr\Log\LoggerInterface
{
    public array $records = [];
    public bool $sleeps = false;

    public function log($level, string|\Stringable $message, array $context = []): void
    {
        $this->sleeps and usleep(60_000);
        $this->records[] = $context['payload'] ?? $message;
    }
}
$simulator = new Simulator();
$logger = new Slow();
$manager = $simulator->ready(['heartbeat_interval' => 0.5, 'log_frames' => true], [], logger: $logger);
$heard = 0;
$manager->onEvent('One', function () use (&$heard) { $heard++; });
$logger->sleeps = true;
$before = count($logger->records);
$simulator->send('pbx1', array_fill(0, 30, 'One'));
until($manager, function () use (&$heard) { return $heard === 30; });
// All events of a tick were heard, and of their records one or two told.
var_dump(count($logger->records) - $before <= 4);
$most = 0;
for ($ticks = 0; $ticks < 25; $ticks++) {
    $before = count($logger->records);
    $manager->tickAll();
    $most = max($most, count($logger->records) - $before);
}
var_dump($most);
var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'), $manager->default()->state(), $manager->metrics()['servers']['pbx1']['heartbeats_missed']);
$logger->sleeps = false;
$manager->tickAll();
$manager->tickAll();
var_dump(count(preg_grep('/^Event: One/', $logger->records)), $manager->metrics()['process']['log_records_dropped']);
?>
--EXPECT--
bool(true)
int(1)
string(4) "Pong"
enum(Apn\AmiClient\ConnectionState::Ready)
int(0)
int(30)
int(0)
