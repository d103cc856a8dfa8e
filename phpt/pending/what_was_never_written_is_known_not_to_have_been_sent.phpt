--TEST--
An action that was not written before the connection ended has another exception than one whose outcome is not known
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
// A thread would write at once.
$manager = $simulator->ready(['io' => 'inline']);
$sent = $manager->send(new GenericAction('WaitEvent', ['Timeout' => '60']));
$manager->tickAll(20);
$unsent = $manager->send(new GenericAction('Originate', ['Channel' => 'Local/1000@default', 'Context' => 'default', 'Exten' => '1000', 'Priority' => '1']));
$manager->terminate();
thrown(fn () => $sent->await());
$error = thrown(fn () => $unsent->await());
var_dump($error->serverKey(), $error->actionId() === $unsent->actionId(), $error->actionName());
// It is not sent by the next session either.
$manager->connectAll();
$manager->default()->waitUntilReady();
var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'), $simulator->count('pbx1', 'calls_started'));
?>
--EXPECT--
ConnectionLostException: WaitEvent on "pbx1": the connection was lost before the answer, so that its outcome is not known: the connection was closed by the application
ActionSendFailedException: Originate on "pbx1": the connection was lost before it was sent: the connection was closed by the application
string(4) "pbx1"
bool(true)
string(9) "Originate"
string(4) "Pong"
int(0)
