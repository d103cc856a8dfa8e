--TEST--
Actions that ended while nobody ticked count for max_pending_actions until a tick has told of them
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

$simulator = new Simulator(2);
$manager = $simulator->ready(['io' => 'background', 'max_pending_actions' => 5]);
$client = $manager->server('pbx1');
$told = 0;
for ($i = 0; $i < 5; $i++) {
    $client->send(new GenericAction('Ping'))->onComplete(function () use (&$told) { $told++; });
}
for ($until = microtime(true) + 10; $client->health()['pending_actions'] > 0;) {
    microtime(true) < $until or die("waited in vain\n");
}
echo thrown(fn () => $client->send(new GenericAction('Ping')))->limitName(), " $told\n";
var_dump($manager->metrics()['servers']['pbx1']['actions_refused']);
$other = $manager->server('pbx2')->send(new GenericAction('Ping'));
$manager->tickAll();
echo $told, ' ', $client->call(new GenericAction('Ping'))->get('Ping'), ' ', $other->await()->get('Ping'), "\n";

echo "and those that wait with them\n";
$simulator->tell('pbx1 fault mute action=CoreStatus');
foreach (['Ping', 'Ping', 'CoreStatus', 'CoreStatus', 'CoreStatus'] as $name) {
    $client->send(new GenericAction($name));
}
for ($until = microtime(true) + 10; $client->health()['pending_actions'] > 3;) {
    microtime(true) < $until or die("waited in vain\n");
}
thrown(fn () => $client->send(new GenericAction('Ping')));
$manager->tickAll();
echo $client->call(new GenericAction('Ping'))->get('Ping'), "\n";
?>
--EXPECT--
BackpressureException: "pbx1": 5 actions wait for answers already
max_pending_actions 0
int(1)
5 Pong Pong
and those that wait with them
BackpressureException: "pbx1": 5 actions wait for answers already
Pong
