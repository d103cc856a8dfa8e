--TEST--
However a script ends in the midst of a flood, it ends at once and with its own exit code
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

putenv('AMI_TEST_IO=background');
$flood = '$manager->onEvent("UserEvent", function () use ($manager, &$n) { if (++$n > 100) { %s } }); $simulator->tell("pbx1 fault flood"); until($manager, fn () => false);';
$ends = [
    'the last line' => '$simulator->tell("pbx1 fault flood"); $manager->onEvent("UserEvent", fn () => null);',
    'exit' => sprintf($flood, 'exit(3);'),
    'an error' => sprintf($flood, 'ini_set("display_errors", "0"); trigger_error("fatal", E_USER_ERROR);'),
    'no memory' => sprintf($flood, 'ini_set("display_errors", "0"); ini_set("memory_limit", "3M"); $a = str_repeat("x", 1 << 24);'),
    'no memory within a method' => sprintf($flood, 'ini_set("display_errors", "0"); ini_set("memory_limit", (string) (memory_get_usage(true))); for ($a = [];;) { $a[] = $manager->health(); }'),
    'an error and a shutdown function' => 'register_shutdown_function(function () use ($manager) { try { $manager->tickAll(); } catch (\Throwable) {} });' . sprintf($flood, 'ini_set("display_errors", "0"); trigger_error("fatal", E_USER_ERROR);'),
    'a cycle that nobody collects' => 'gc_disable(); $manager->onAnyEvent(fn () => $manager); $simulator->tell("pbx1 fault flood");',
];
foreach ($ends as $what => $code) {
    $began = hrtime(true);
    $status = script('set_error_handler(fn () => false, E_DEPRECATED); error_reporting(E_ALL & ~E_DEPRECATED);' . $code);
    echo $what, ': ', $status, (hrtime(true) - $began) / 1e9 < 5 ? '' : ', late', "\n";
}
?>
--EXPECT--
the last line: 0
exit: 3
an error: 255
no memory: 255
no memory within a method: 255
an error and a shutdown function: 255
a cycle that nobody collects: 0
