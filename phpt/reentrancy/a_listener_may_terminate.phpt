--TEST--
terminate() in a listener fails what waits, and the manager can be used again
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
$simulator->tell('pbx1 fault mute action=CoreStatus');
$pending = $manager->send(new GenericAction('CoreStatus'));
$pending->onComplete(function (?\Throwable $error) { echo 'told: ', $error->getMessage(), "\n"; });
$manager->onEvent('One', function () use ($manager) {
    $manager->terminate();
    echo $manager->default()->state()->name, ' ', sockets(), "\n";
});
$simulator->send('pbx1', ['One']);
until($manager, fn () => $pending->isComplete());
var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'));
?>
--EXPECT--
Disconnected 0
told: CoreStatus on "pbx1": the connection was lost before the answer, so that its outcome is not known: the connection was closed by the application
string(4) "Pong"
