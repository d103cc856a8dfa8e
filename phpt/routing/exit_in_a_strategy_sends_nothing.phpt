--TEST--
exit() in a strategy and in an affinity ends the script, and nothing is sent
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

foreach (['new class implements RoutingStrategy { public function select(array $candidates, ?Action $action): ?string { exit(3); } }', 'new Sticky(function () { exit(3); })'] as $strategy) {
    $status = script('$manager->routing(' . $strategy . ');' . <<<'PHP'
register_shutdown_function(function () use ($manager): void {
    echo $manager->metrics()['servers']['pbx1']['actions_sent'], " sent\n";
});
try {
    $manager->send(new GenericAction('Ping'));
} catch (\Throwable $e) {
    echo 'caught ', $e::class, "\n";
}
echo "not reached\n";
PHP);
    var_dump($status);
}
?>
--EXPECT--
0 sent
int(3)
0 sent
int(3)
