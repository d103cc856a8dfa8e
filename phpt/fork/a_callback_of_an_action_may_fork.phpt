--TEST--
A child that is forked in a callback of an action, or in a strategy, calls no further callback of its parent
--EXTENSIONS--
apn_ami
pcntl
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
$parent = getmypid();
$file = tempnam(sys_get_temp_dir(), 'ami');
$note = fn (string $what) => file_put_contents($file, $what . (getmypid() === $parent ? ' parent' : ' CHILD') . "\n", FILE_APPEND);
$fork = function () {
    $child = pcntl_fork();
    $child === 0 or pcntl_waitpid($child, $status);
};
$run = function (array $pendings) use ($manager, $parent) {
    try {
        until($manager, fn () => array_filter($pendings, fn ($pending) => !$pending->isComplete()) === []);
    } catch (ForkedProcessException) {
    }
    getmypid() === $parent or exit(0);
};
$ping = fn (?CompletionStrategy $strategy = null) => $manager->send(new GenericAction('Ping', [], $strategy));

$first = $ping();
$first->onComplete(function () use ($fork, $note) { $note('one'); $fork(); });
$first->onComplete(fn () => $note('two'));
$second = $ping();
$second->onComplete(fn () => $note('three'));
$run([$first, $second]);

$asked = $ping(new CompleteWhen(function () use ($fork, $note) { $note('asked'); $fork(); return true; }));
$asked->onComplete(fn () => $note('four'));
$next = $ping(new CompleteWhen(function () use ($note) { $note('asked too'); return true; }));
$run([$asked, $next]);
echo file_get_contents($file);
unlink($file);
?>
--EXPECT--
one parent
two parent
three parent
asked parent
asked too parent
four parent
