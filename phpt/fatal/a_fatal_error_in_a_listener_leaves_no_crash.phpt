--TEST--
A fatal error in a listener: shutdown functions run, the manager says that it is busy or works
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

$codes = [
    'memory' => '$manager->onEvent("One", function () { $x = str_repeat("x", 1 << 30); });',
    'user error' => '$manager->onEvent("One", function () { @trigger_error("fatal", E_USER_ERROR); echo "not reached"; });',
    'time' => '$manager->onEvent("One", function () { set_time_limit(1); while (true); });',
    'callback' => '$manager->onEvent("One", function () use ($manager) { $manager->send(new GenericAction("Ping"))->onComplete(function () { $x = str_repeat("x", 1 << 30); }); });',
];
foreach ($codes as $name => $code) {
    echo "--- $name\n";
    $status = script('error_reporting(E_ERROR | E_USER_ERROR);' . $code . <<<'PHP'
        $simulator->send('pbx1', ['One', 'One']);
        register_shutdown_function(function () use ($manager, $simulator) {
            echo "shutdown\n";
            thrown(fn () => $manager->tickAll());
            $manager->health();
            $manager->metrics();
            $manager->default()->state();
            $manager->send(new GenericAction('Ping'))->cancel();
            $manager->close();
            gc_collect_cycles();
            echo "end\n";
        });
        until($manager, fn () => false);
        PHP, '-d', 'memory_limit=64M');
    echo "exit code $status\n";
}
?>
--EXPECTF--
--- memory

Fatal error: Allowed memory size of 67108864 bytes exhausted%S (tried to allocate %d bytes) in Command line code on line 1
shutdown
ReentrancyException: a tick cannot run within a tick: return from the listener first
end
exit code 255
--- user error

Fatal error: fatal in Command line code on line 1
shutdown
ReentrancyException: a tick cannot run within a tick: return from the listener first
end
exit code 255
--- time

Fatal error: Maximum execution time of 1 second exceeded in Command line code on line 1
shutdown
ReentrancyException: a tick cannot run within a tick: return from the listener first
end
exit code 255
--- callback

Fatal error: Allowed memory size of 67108864 bytes exhausted%S (tried to allocate %d bytes) in Command line code on line 1
shutdown
ReentrancyException: a tick cannot run within a tick: return from the listener first
end
exit code 255
