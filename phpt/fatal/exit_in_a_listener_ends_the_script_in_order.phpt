--TEST--
exit() in a listener runs shutdown functions and destructors and keeps its code
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

$status = script(<<<'PHP'
$manager->onEvent('One', function () { echo "exiting\n"; exit(7); });
$manager->onEvent('One', function () { echo "not reached\n"; });
$manager->onAnyEvent(fn () => print("not reached\n"), priority: -1);
register_shutdown_function(function () use ($manager) {
    echo "shutdown\n";
    echo get_debug_type($manager->tickAll()), "\n";
    echo $manager->default()->call(new GenericAction('Ping'))->get('Ping'), "\n";
    $manager->close();
});
$object = new class { public function __destruct() { echo "destroyed\n"; } };
$simulator->send('pbx1', ['One']);
try {
    until($manager, fn () => false);
} catch (\Throwable $e) {
    echo 'caught ', $e::class, "\n";
} finally {
    echo "finally\n";
}
echo "not reached\n";
PHP);
var_dump($status);
?>
--EXPECT--
exiting
shutdown
Apn\AmiClient\TickSummary
Pong
destroyed
int(7)
