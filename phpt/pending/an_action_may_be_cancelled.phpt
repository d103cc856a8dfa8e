--TEST--
A cancelled action fails at once, and its late answer disturbs nothing
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
$wait = new GenericAction('WaitEvent', ['Timeout' => '1']);
$pending = $manager->send($wait);
$pending->onComplete(function (?\Throwable $error, ?AmiResponse $response) { echo 'told: ', $error::class, ' ', var_export($response, true), "\n"; });
var_dump($pending->cancel(), $pending->isComplete(), $pending->cancel());
$error = thrown(fn () => $pending->await());
var_dump($error->actionId() === $pending->actionId());
var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'));
$done = $manager->send(new GenericAction('Ping'));
$done->await();
var_dump($done->cancel(), $done->error());

$manager->onEvent('One', function () use ($manager, $wait, &$within) {
    $within = $manager->send($wait);
    $within->onComplete(fn ($error) => print("told within: " . $error::class . "\n"));
    var_dump($within->cancel());
});
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$within) { return $within?->isComplete() === true; });
?>
--EXPECT--
told: Apn\AmiClient\ActionCancelledException NULL
bool(true)
bool(true)
bool(false)
ActionCancelledException: WaitEvent on "pbx1": the action was cancelled
bool(true)
string(4) "Pong"
bool(false)
NULL
bool(true)
told within: Apn\AmiClient\ActionCancelledException
