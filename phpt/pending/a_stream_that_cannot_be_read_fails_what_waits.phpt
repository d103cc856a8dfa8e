--TEST--
Too much that is no AMI resets the connection, and what waited fails by ParserDesyncException
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
$manager->tickAll(20);
$simulator->raw('pbx1', str_repeat("noise\r\n\r\n", 101));
$error = thrown(fn () => $pending->await());
var_dump($error instanceof ProtocolException, $error->serverKey(), $error->actionId() === $pending->actionId());
var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'), $manager->default()->health()['sessions']);
?>
--EXPECT--
ParserDesyncException: CoreStatus on "pbx1": the connection was lost before the answer, so that its outcome is not known: too much of what came could not be read as AMI
bool(true)
string(4) "pbx1"
bool(true)
string(4) "Pong"
int(2)
