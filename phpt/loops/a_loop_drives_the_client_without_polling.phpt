--TEST--
A loop that sleeps until stream() is readable or nextTimerMs() is over misses nothing, and hardly ticks when nothing happens
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
require __DIR__ . '/helper.inc';

$simulator = new Simulator(2);
$manager = $simulator->manager(['heartbeat_interval' => 0.2, 'max_events_per_tick' => 7]);
var_dump($manager->nextTimerMs());
$manager->connectAll();
var_dump($manager->nextTimerMs());
$ready = fn () => $manager->server('pbx1')->state() === ConnectionState::Ready && $manager->server('pbx2')->state() === ConnectionState::Ready;
drive($manager, $ready);
var_dump($ready());

echo "actions\n";
for ($i = 0; $i < 5; $i++) {
    $pending = $manager->send(new GenericAction('Ping'));
    // In the background it is sent without a tick.
    mode() !== [] || $manager->nextTimerMs() === 0 or print("an action waits unsent\n");
    drive($manager, $pending->isComplete(...));
    echo $pending->response()->get('Ping'), "\n";
}

echo "more events than a tick hands out\n";
$events = 0;
$manager->onEvent('Flood', function () use (&$events) { $events++; });
$simulator->raw('pbx1', str_repeat("Event: Flood\r\n\r\n", 100));
drive($manager, function () use (&$events) { return $events === 100; });
var_dump($events);

echo "an idle second: five heartbeats of two servers, one tick for each to be sent, one for its answer\n";
$ticks = drive($manager, fn () => false, 1);
var_dump(($ticks >= 8 || mode() !== []) && $ticks <= 30 ?: $ticks, $ready());

echo "a timeout\n";
$simulator->tell('pbx1 fault mute action=CoreStatus');
$pending = $manager->server('pbx1')->send(new GenericAction("CoreStatus", [], new SingleResponse(120)));
$began = hrtime(true);
drive($manager, $pending->isComplete(...));
$took = (hrtime(true) - $began) / 1e6;
echo $pending->error()::class, "\n";
var_dump($took >= 120 && $took < 1000 ?: $took);
?>
--EXPECT--
NULL
int(0)
bool(true)
actions
Pong
Pong
Pong
Pong
Pong
more events than a tick hands out
int(100)
an idle second: five heartbeats of two servers, one tick for each to be sent, one for its answer
bool(true)
bool(true)
a timeout
Apn\AmiClient\ActionTimeoutException
bool(true)
