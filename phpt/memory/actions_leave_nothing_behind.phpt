--TEST--
10,000 actions that are awaited, and failing ones, leave no memory behind
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

$simulator = new Simulator();
$manager = $simulator->ready();
$client = $manager->default();
$told = 0;
$used = [];
for ($i = 1; $i <= 10_000; $i++) {
    $pending = $client->send(new GenericAction('Ping'));
    $pending->onComplete(function () use (&$told, $pending) { $told++; });
    $pending->await();
    if ($i % 10 === 0) {
        try {
            $client->call(new GenericAction('NoSuchAction'));
        } catch (ActionErrorResponseException) {
        }
        $client->send(new GenericAction('Ping'))->cancel();
        $manager->onEvent('One', fn () => $manager)->cancel();
    }
    if ($i % 1_000 === 0) {
        gc_collect_cycles();
        $used[] = memory_get_usage();
    }
}
var_dump($told, end($used) - $used[1] < 4096);
?>
--EXPECT--
int(10000)
bool(true)
