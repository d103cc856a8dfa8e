--TEST--
A listener may subscribe, send and close while it is called
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
$heard = [];
$manager->onEvent('One', function (AmiEvent $event) use (&$heard, $manager) {
    $heard[] = 'one';
    $manager->onEvent('One', function () use (&$heard) { $heard[] = 'late'; });
    $manager->server($event->serverKey)->send(new GenericAction('Ping'))->onComplete(function ($error, $response) use (&$heard) {
        $heard[] = $response->get('Ping');
    });
});
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$heard) { return count($heard) === 2; });
echo implode(' ', $heard), "\n";
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$heard) { return count($heard) === 5; });
echo implode(' ', $heard), "\n";

$heard = [];
$manager->onEvent('Bye', function () use (&$heard, $manager) {
    $heard[] = 'bye';
    $manager->close();
    $heard[] = $manager->default()->state()->name;
});
// Nothing is answered, not even the goodbye.
$simulator->tell('pbx1 fault mute');
$pending = $manager->send(new GenericAction('CoreStatus'));
$simulator->send('pbx1', ['Bye', 'Bye']);
until($manager, fn () => $manager->default()->state() === ConnectionState::Disconnected);
echo $heard[0], ' ', $heard[1], "\n";
var_dump($pending->isComplete());
thrown(fn () => $pending->await());
?>
--EXPECT--
one Pong
one Pong one late Pong
bye Closing
bool(true)
ConnectionLostException: CoreStatus on "pbx1": the connection was lost before the answer, so that its outcome is not known: the connection was closed by the application
