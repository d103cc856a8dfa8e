--TEST--
In a forked child signals do what they did before the manager took them
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
$manager->registerSignalHandlers(function () { echo "told to ", getmypid() === PARENT ? 'the parent' : 'the child', "\n"; });
define('PARENT', getmypid());
$child = pcntl_fork();
if ($child === 0) {
    posix_kill(getmypid(), SIGTERM);
    echo "a child lives on\n";
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump(pcntl_wifsignaled($status) && pcntl_wtermsig($status) === SIGTERM, $manager->nextTimerMs() !== null);

echo "one with a manager of its own is told of its own\n";
$child = pcntl_fork();
if ($child === 0) {
    thrown(fn () => $manager->registerSignalHandlers(fn () => null));
    $own = $simulator->manager()->registerSignalHandlers(function () { echo "told to the child's own\n"; });
    posix_kill(getmypid(), SIGTERM);
    $own->tickAll(0);
    unset($own);
    posix_kill(getmypid(), SIGTERM);
    echo "a child lives on\n";
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump(pcntl_wifsignaled($status), $manager->nextTimerMs() !== null);
posix_kill(getmypid(), SIGTERM);
$manager->tickAll();
?>
--EXPECT--
bool(true)
bool(true)
one with a manager of its own is told of its own
ForkedProcessException: this client belongs to process PID; a forked process has to make its own
told to the child's own
bool(true)
bool(true)
told to the parent
