--TEST--
A listener may fork: the child that goes on in it cannot disturb the parent
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
$heard = 0;
$manager->onEvent('One', function () use (&$heard, $manager) {
    $heard++;
    $child = pcntl_fork();
    if ($child === 0) {
        thrown(fn () => $manager->close());
        exit(0);
    }
    pcntl_waitpid($child, $status);
    var_dump(pcntl_wexitstatus($status));
});
$simulator->send('pbx1', ['One', 'One']);
until($manager, function () use (&$heard) { return $heard === 2; });

echo "and a child that returns from it\n";
$parent = getmypid();
$returned = false;
$manager->onEvent('Two', function () use (&$returned) {
    $child = pcntl_fork();
    $child === 0 or pcntl_waitpid($child, $status);
    $returned = true;
});
$simulator->send('pbx1', ['Two']);
try {
    until($manager, function () use (&$returned) { return $returned; });
    $manager->tickAll();
} catch (ForkedProcessException $e) {
    echo "the child got a ForkedProcessException\n";
}
if (getmypid() !== $parent) {
    exit(0);
}
var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'));
?>
--EXPECT--
ForkedProcessException: this client belongs to process PID; a forked process has to make its own
int(0)
ForkedProcessException: this client belongs to process PID; a forked process has to make its own
int(0)
and a child that returns from it
the child got a ForkedProcessException
string(4) "Pong"
