--TEST--
What handled a signal before comes back when the last manager lets it go, and a later taker keeps it
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

pcntl_async_signals(true);
$simulator = null;
$manager = fn () => AmiClientManager::fromConfig(['servers' => ['a' => ['host' => '127.0.0.1', 'username' => 'u', 'secret' => 's']]]);
$told = [];
$by = function (string $who) use (&$told) { return function () use ($who, &$told) { $told[] = $who; }; };
$who = function (AmiClientManager ...$managers) use (&$told) {
    $told = [];
    posix_kill(posix_getpid(), SIGTERM);
    array_map(fn (AmiClientManager $manager) => $manager->tickAll(), $managers);
    echo implode(' and ', $told), "\n";
};
pcntl_signal(SIGTERM, $by('the application'));
$who();
$one = $manager()->registerSignalHandlers($by('one'));
$two = $manager()->registerSignalHandlers($by('two'));
$who($one, $two);
$one->registerSignalHandlers(null);
$who($one, $two);
unset($two);
$who($one);
echo "by the end of its manager\n";
$one->registerSignalHandlers($by('one'));
$who($one);
unset($one);
$who();
echo "taken by somebody else in the meantime\n";
$one = $manager()->registerSignalHandlers($by('one'));
pcntl_signal(SIGTERM, $by('a later one'));
$who($one);
unset($one);
$who();
echo "taken again\n";
$one = $manager()->registerSignalHandlers($by('one'));
pcntl_signal(SIGTERM, $by('a later one'));
$one->registerSignalHandlers($by('one again'));
$who($one);
unset($one);
$who();
echo "a handler that holds its manager is collected, and gives the signal back\n";
$one = $manager();
$one->registerSignalHandlers(function () use ($one) { echo "not reached\n"; });
unset($one);
gc_collect_cycles();
$who();
?>
--EXPECT--
the application
one and two
two
the application
by the end of its manager
one
the application
taken by somebody else in the meantime
a later one
a later one
taken again
one again
a later one
a handler that holds its manager is collected, and gives the signal back
a later one
