--TEST--
A handler that throws is logged, one that exits ends the script in order, one that closes is enough
--EXTENSIONS--
apn_ami
pcntl
posix
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
require __DIR__ . '/../psr.inc';
$manager = $simulator->ready();
$manager->registerSignalHandlers(fn () => throw new \DomainException('no'));
posix_kill(posix_getpid(), SIGTERM);
set_error_handler(function (int $level, string $message) { echo $message, "\n"; return true; });
var_dump($manager->tickAll()->listenerFailures);
restore_error_handler();

$manager->registerSignalHandlers(function () use ($manager) {
    thrown(fn () => $manager->tickAll());
    $manager->registerSignalHandlers(null);
    $manager->close();
});
$pending = $manager->send(new GenericAction('WaitEvent', ['Timeout' => '60']));
$ended = 0;
$pending->onComplete(function () use (&$ended) { $ended++; });
posix_kill(posix_getpid(), SIGTERM);
until($manager, fn () => $manager->default()->state() === ConnectionState::Disconnected);
var_dump($ended, $pending->error()::class);

$status = script(<<<'PHP'
$manager->registerSignalHandlers(function (int $signal) { echo "leaving\n"; exit(3); });
register_shutdown_function(fn () => print("shutdown\n"));
exec('kill -INT ' . getmypid());
$manager->tickAll();
echo "not reached\n";
PHP);
var_dump($status);
?>
--EXPECT--
Apn\AmiClient\AmiClientManager::tickAll(): a callback threw: DomainException: no
int(1)
ReentrancyException: a tick cannot run within a tick: return from the listener first
int(1)
string(37) "Apn\AmiClient\ConnectionLostException"
leaving
shutdown
int(3)
