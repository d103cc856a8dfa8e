--TEST--
A signal ends the wait of a tick and is told at its end, in call() and await(), too, and never ends the process
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
$manager = $simulator->ready();
$told = [];
var_dump($manager->registerSignalHandlers(function (int $signal) use (&$told) { $told[] = $signal; }) === $manager);
posix_kill(posix_getpid(), SIGTERM);
posix_kill(posix_getpid(), SIGTERM);
var_dump($told, $manager->nextTimerMs());
$began = hrtime(true);
$manager->tickAll(250);
var_dump($told === [SIGTERM], hrtime(true) - $began < 240e6);
$manager->tickAll(0);
var_dump($told === [SIGTERM]);

echo "while a tick waits\n";
$kill = fn (int $signal) => proc_close(proc_open(['sh', '-c', "(sleep 0.1; kill -$signal " . posix_getpid() . ') >/dev/null 2>&1 &'], [], $pipes));
$told = [];
$kill(SIGINT);
$ticks = 0;
for ($until = microtime(true) + 10; $told === [] && microtime(true) < $until;) {
    $manager->tickAll(250);
    $ticks++;
}
var_dump($told === [SIGINT], $ticks < 30);

echo "while an action is waited for\n";
$told = [];
$simulator->tell('pbx1 fault mute action=CoreStatus');
$pending = $manager->send(new GenericAction('CoreStatus'));
$manager->registerSignalHandlers(function (int $signal) use (&$told, $manager) { $told[] = $signal; $manager->terminate(); });
$kill(SIGTERM);
thrown(fn () => $pending->await());
var_dump($told === [SIGTERM]);

echo "other signals are asked for by number, and only they are told\n";
$told = [];
pcntl_signal(SIGINT, SIG_IGN);
$manager->registerSignalHandlers(function (int $signal) use (&$told) { $told[] = $signal; }, [SIGUSR1, SIGHUP, SIGUSR1]);
foreach ([SIGHUP, SIGUSR1, SIGINT] as $signal) {
    posix_kill(posix_getpid(), $signal);
}
$manager->tickAll();
var_dump($told === [SIGUSR1, SIGHUP]);

foreach ([[], [0], [32], [-1], ['15'], [SIGKILL], [SIGSTOP], [SIGSEGV]] as $signals) {
    thrown(fn () => $manager->registerSignalHandlers(fn () => null, $signals));
}
$told = [];
posix_kill(posix_getpid(), SIGHUP);
$manager->tickAll();
var_dump($told === [SIGHUP]);
?>
--EXPECT--
bool(true)
array(0) {
}
int(0)
bool(true)
bool(true)
bool(true)
while a tick waits
bool(true)
bool(true)
while an action is waited for
ConnectionLostException: CoreStatus on "pbx1": the connection was lost before the answer, so that its outcome is not known: the connection was closed by the application
bool(true)
other signals are asked for by number, and only they are told
bool(true)
InvalidConfigurationException: signals: at least one is needed
InvalidConfigurationException: signals: 0 is not a signal that can be handled
InvalidConfigurationException: signals: 32 is not a signal that can be handled
InvalidConfigurationException: signals: -1 is not a signal that can be handled
InvalidConfigurationException: signals: what is no number is not a signal that can be handled
InvalidConfigurationException: signals: 9 is not a signal that can be handled
InvalidConfigurationException: signals: 19 is not a signal that can be handled
InvalidConfigurationException: signals: 11 is not a signal that can be handled
bool(true)
