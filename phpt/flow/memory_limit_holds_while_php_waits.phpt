--TEST--
memory_limit holds while PHP waits in await(): what is asked ends with the connection, and the wait with it
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
$manager = $simulator->ready(['memory_limit' => 64 * 1024 * 1024]);
$simulator->tell('pbx1 fault mute action=Ping');
$leak = str_repeat('x', 64 * 1024 * 1024);
$pending = $manager->default()->send(new GenericAction('Ping'));
$error = thrown(fn () => $pending->await(20_000));
echo $error->getPrevious()->limitName(), "\n";
var_dump($manager->shutdownReason() !== null, $manager->default()->state());
?>
--EXPECT--
ConnectionLostException: Ping on "pbx1": the connection was lost before the answer, so that its outcome is not known: the connection was closed by the application
memory_limit
bool(true)
enum(Apn\AmiClient\ConnectionState::Disconnected)
