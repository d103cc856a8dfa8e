--TEST--
Events, actions and states of two servers do not mix
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

$simulator = new Simulator(2);
$manager = $simulator->ready();
$heard = [];
$manager->server('pbx1')->onEvent('One', function (AmiEvent $event) use (&$heard) { $heard[] = "pbx1 only: $event->serverKey"; });
$manager->onEvent('One', function (AmiEvent $event) use (&$heard) { $heard[] = "all: $event->serverKey"; });
foreach (['pbx1', 'pbx2'] as $name) {
    $simulator->send($name, ['One']);
    $before = count($heard);
    until($manager, function () use (&$heard, $before) { return count($heard) > $before; });
}
print_r($heard);

$one = $manager->server('pbx1')->send(new GenericAction('Getvar', ['Variable' => 'SYSTEMNAME']));
$two = $manager->server('pbx2')->send(new GenericAction('Ping'));
$two->await();
$one->await();
var_dump($one->response()->serverKey, $two->response()->serverKey, $one->actionId() !== $two->actionId());

$manager->server('pbx1')->close();
until($manager, fn () => $manager->server('pbx1')->state() === ConnectionState::Disconnected);
var_dump($manager->server('pbx2')->state());
$manager->server('pbx2')->call(new GenericAction('Ping'));
var_dump($manager->select()->serverKey(), $manager->send(new GenericAction('Ping'))->serverKey());
?>
--EXPECT--
Array
(
    [0] => pbx1 only: pbx1
    [1] => all: pbx1
    [2] => all: pbx2
)
string(4) "pbx1"
string(4) "pbx2"
bool(true)
enum(Apn\AmiClient\ConnectionState::Ready)
string(4) "pbx2"
string(4) "pbx2"
