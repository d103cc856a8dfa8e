--TEST--
In the background, stream() is readable when there is something to tell, and at no other time
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
require __DIR__ . '/../loops/helper.inc';

$simulator = new Simulator();
$manager = $simulator->manager(['io' => 'background', 'heartbeat_interval' => 0.1]);
$client = $manager->default();
$stream = $manager->stream();
var_dump(readable($stream), $manager->nextTimerMs());
$manager->connectAll();
drive($manager, fn () => $client->state() === ConnectionState::Ready);
$pending = $client->send(new GenericAction('Ping'));
drive($manager, $pending->isComplete(...));
echo $pending->response()->get('Ping'), "\n";

echo "three heartbeats and an event that nobody hears\n";
$manager->pollAll();
$simulator->send('pbx1', ['Nobody']);
$written = fn () => $manager->metrics()['servers']['pbx1']['written_bytes'];
for ([$until, $end] = [$written() + 150, microtime(true) + 5]; $written() < $until && microtime(true) < $end;) {
    usleep(1000);
}
var_dump($written() >= $until);
var_dump(readable($stream), $manager->nextTimerMs() >= 250);

echo "an event\n";
$heard = 0;
$manager->onEvent('One', function () use (&$heard, $client, &$sent) { $heard++; $sent = $client->send(new GenericAction('Ping')); });
$simulator->send('pbx1', ['One', 'One']);
var_dump(readable($stream, 5000));
drive($manager, function () use (&$heard) { return $heard === 2; });
var_dump($heard);
drive($manager, fn () => $sent->isComplete());

echo "what a tick leaves behind\n";
$simulator->send('pbx1', ['One', 'One']);
$few = $simulator->ready(['io' => 'background', 'max_events_per_tick' => 1]);
$told = 0;
$few->onEvent('Two', function () use (&$told) { $told++; });
$few->stream();
$simulator->send('pbx1', ['Two', 'Two', 'Two']);
$ticks = drive($few, function () use (&$told) { return $told === 3; });
var_dump($told, $ticks >= 3);

echo "what ends outside of a tick\n";
$manager->pollAll();
$simulator->tell('pbx1 fault mute action=CoreStatus');
$client->send(new GenericAction('CoreStatus'))->onComplete(function () { echo "told\n"; });
$manager->terminate();
var_dump($client->state() === ConnectionState::Disconnected);
$manager->pollAll();
var_dump($manager->nextTimerMs());
?>
--EXPECT--
bool(false)
NULL
Pong
three heartbeats and an event that nobody hears
bool(true)
bool(false)
bool(true)
an event
bool(true)
int(2)
what a tick leaves behind
int(3)
bool(true)
what ends outside of a tick
told
bool(true)
NULL
