--TEST--
What is done outside of a tick and brings the next one closer makes the stream readable
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
getenv('AMI_TEST_IO') === 'background' and print 'skip what is told of a thread is another matter: phpt/background';
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';
require __DIR__ . '/helper.inc';

$simulator = new Simulator();
$manager = $simulator->manager();
$client = $manager->default();
$stream = $manager->stream();

/** Does something behind the back of a loop that sleeps, and shows whether it woke. */
function wakes(string $what, callable $act): mixed
{
    global $manager, $stream;
    for ($before = true; $before; $before = readable($stream)) {
        $manager->pollAll();
        $manager->nextTimerMs();
    }
    $result = $act();
    echo str_pad($what, 12), ': ', readable($stream) ? 'woken' : 'asleep', "\n";

    return $result;
}

wakes('connectAll', fn () => $manager->connectAll());
drive($manager, fn () => $client->state() === ConnectionState::Ready);
$manager->pollAll();
wakes('nothing', fn () => $manager->health());
$pending = wakes('send', fn () => $client->send(new GenericAction('Ping')));
drive($manager, $pending->isComplete(...));
$manager->pollAll();

echo "many sends wake once, and a tick of whoever takes it\n";
wakes('three sends', function () use ($manager) { for ($i = 0; $i < 3; $i++) { $manager->send(new GenericAction('Ping')); } });
$manager->pollAll();
var_dump($manager->nextTimerMs() > 0);
drive($manager, fn () => $client->health()['pending_actions'] === 0);
$manager->pollAll();

echo "in a tick nobody needs to be woken: the loop asks when it is over\n";
$sent = null;
$manager->onEvent('One', function () use ($manager, &$sent) { $sent = $manager->send(new GenericAction('Ping')); });
$simulator->send('pbx1', ['One']);
drive($manager, function () use (&$sent) { return $sent !== null; });
var_dump($manager->nextTimerMs());
drive($manager, fn () => $sent->isComplete());
$manager->pollAll();

echo "a timer that comes closer in an inner tick, which takes what had made the stream readable\n";
$simulator->tell('pbx1 fault mute action=CoreStatus');
$waiting = null;
$manager->onEvent('Two', function () use ($client, &$waiting) { $waiting = $client->send(new GenericAction('CoreStatus', [], new SingleResponse(500))); });
wakes('call', function () use ($client, $simulator, &$waiting) {
    $simulator->send('pbx1', ['Two']);
    while ($waiting === null) {
        $client->call(new GenericAction('Ping'));
    }
});
drive($manager, function () use (&$waiting) { return $waiting->isComplete(); });
echo $waiting->error()::class, "\n";
$manager->pollAll();
wakes('call', fn () => $client->call(new GenericAction('Ping')));
$manager->pollAll();

wakes('close', fn () => $client->close());
drive($manager, fn () => $client->state() === ConnectionState::Disconnected);
var_dump($manager->nextTimerMs());
wakes('open', fn () => $client->open());
drive($manager, fn () => $client->state() === ConnectionState::Ready);
$manager->pollAll();
$callback = null;
$client->send(new GenericAction('CoreStatus'))->onComplete(function () use (&$callback) { $callback = 'called'; });
$manager->pollAll();
wakes('terminate', fn () => $manager->terminate());
$manager->pollAll();
var_dump($callback, $manager->nextTimerMs());
?>
--EXPECT--
connectAll  : woken
nothing     : asleep
send        : woken
many sends wake once, and a tick of whoever takes it
three sends : woken
bool(true)
in a tick nobody needs to be woken: the loop asks when it is over
int(0)
a timer that comes closer in an inner tick, which takes what had made the stream readable
call        : woken
Apn\AmiClient\ActionTimeoutException
call        : asleep
close       : woken
NULL
open        : woken
terminate   : asleep
string(6) "called"
NULL
