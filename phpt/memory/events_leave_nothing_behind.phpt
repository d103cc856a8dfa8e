--TEST--
200,000 events through listeners leave no memory behind
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
$heard = 0;
$manager->onEvent('UserEvent', function (AmiEvent $event) use (&$heard) {
    $heard += (int) $event->has('Seq');
    if ($heard % 16 === 0) {
        $event->headers;
        $event->get('Seq');
        $event->raw();
    }
});
$manager->onAnyEvent(fn (AmiEvent $event) => $event->name, ['Seq' => '7']);
$used = [];
for ($round = 1; $round <= 20; $round++) {
    $simulator->tell('pbx1 fault flood count=10000 size=200');
    until($manager, function () use (&$heard, $round) { return $heard >= $round * 10_000; });
    gc_collect_cycles();
    $used[] = memory_get_usage();
}
var_dump($heard, end($used) - $used[4] < 4096, $manager->default()->health()['dropped_events']);
?>
--EXPECT--
int(200000)
bool(true)
int(0)
