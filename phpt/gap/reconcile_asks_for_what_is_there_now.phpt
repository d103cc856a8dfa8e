--TEST--
With reconcile a gap comes with the lists that tell what is there now
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
$manager = $simulator->manager(['reconcile' => true, 'backoff_min_ms' => 100]);
$told = null;
$manager->onGap(function (ConnectionGap $gap) use (&$told) {
    foreach (['status' => 'StatusComplete', 'channels' => 'CoreShowChannelsComplete', 'queues' => 'QueueStatusComplete'] as $name => $end) {
        $gap->{$name}->onComplete(function (?\Throwable $error, ?AmiResponse $response, array $events) use ($name, $end, &$told) {
            $told[$name] = $error === null && end($events)->name === $end;
        });
    }
});
$client = $manager->default()->waitUntilReady();
var_dump($simulator->count('pbx1', 'actions'));
$simulator->tell('pbx1 fault reset');
until($manager, function () use (&$told) { return count($told ?? []) === 3; });
ksort($told);
var_dump($told);
?>
--EXPECTF--
int(%d)
array(3) {
  ["channels"]=>
  bool(true)
  ["queues"]=>
  bool(true)
  ["status"]=>
  bool(true)
}
