--TEST--
A child that was forked in a listener gets no more of the events that its parent has
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
$child = null;
$manager->onEvent('One', function () use (&$heard, &$child) {
    $heard++;
    $child ??= pcntl_fork();
});
$simulator->send('pbx1', array_fill(0, 20, 'One'));
try {
    until($manager, function () use (&$heard) { return $heard === 20; });
} catch (ForkedProcessException) {
    posix_kill(getmypid(), $heard === 1 ? SIGUSR1 : SIGKILL);
}
pcntl_waitpid($child, $status);
var_dump($heard, pcntl_wtermsig($status) === SIGUSR1);
?>
--EXPECT--
int(20)
bool(true)
