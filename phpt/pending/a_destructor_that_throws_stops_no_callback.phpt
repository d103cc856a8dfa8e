--TEST--
What a destructor throws when a callback returns keeps no other callback from being called
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
final class Throwing
{
    public function __destruct()
    {
        throw new \Exception('from a destructor');
    }
}
$simulator = new Simulator();
$manager = $simulator->ready();
set_error_handler(fn (int $level, string $message) => print(preg_replace('~^.*?: ~', '', $message) . "\n"));
$action = $manager->send(new GenericAction('Ping'));
$action->onComplete(fn () => new Throwing());
$action->onComplete(function () { echo "the second\n"; });
until($manager, fn () => $action->isComplete());
echo "the tick went on\n";
?>
--EXPECT--
the second
a callback threw: Exception: from a destructor
the tick went on
