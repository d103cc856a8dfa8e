--TEST--
A callback that sends the next action again and again does not keep a tick: what is sent in one is told by a later one, in both modes
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

foreach (['inline', 'background'] as $io) {
    $simulator = new Simulator();
    $manager = $simulator->ready(['io' => $io]);
    $client = $manager->default();
    $told = 0;
    $next = function () use (&$next, &$told, $client): void {
        $told++;
        // Long enough for a thread to get the answers to those that were sent before.
        usleep(100);
        if ($told < 2_000) {
            $client->send(new GenericAction('Ping'))->onComplete($next);
        }
    };
    for ($i = 0; $i < 20; $i++) {
        $client->send(new GenericAction('Ping'))->onComplete($next);
    }
    $most = 0;
    until($manager, function () use (&$told, &$most): bool {
        static $before = 0;
        [$most, $before] = [max($most, $told - $before), $told];
        return $told >= 2_019;
    });
    var_dump($told, $most <= 20);
    // What a callback ends itself is told in the same tick.
    $ended = [];
    $client->send(new GenericAction('Ping'))->onComplete(function () use (&$ended, $client): void {
        $pending = $client->send(new GenericAction('Ping'));
        $pending->onComplete(function (?\Throwable $error) use (&$ended): void { $ended[] = $error ? $error::class : 'answered'; });
        $pending->cancel();
        $ended[] = 'first';
    });
    until($manager, function () use (&$ended): bool { return $ended !== []; });
    var_dump($ended);
}
?>
--EXPECT--
int(2019)
bool(true)
array(2) {
  [0]=>
  string(5) "first"
  [1]=>
  string(38) "Apn\AmiClient\ActionCancelledException"
}
int(2019)
bool(true)
array(2) {
  [0]=>
  string(5) "first"
  [1]=>
  string(38) "Apn\AmiClient\ActionCancelledException"
}
