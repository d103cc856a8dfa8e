--TEST--
call() in a listener is refused before anything is sent
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
$sent = 0;
$manager->onEvent('UserEvent', function (AmiEvent $event) use (&$sent) { $sent += (int) ($event->get('UserEvent') === 'Mine'); });
$refused = 0;
$manager->onEvent('One', function () use ($client, &$refused) {
    try {
        $client->call(new GenericAction('UserEvent', ['UserEvent' => 'Mine']));
    } catch (ReentrancyException) {
        $refused++;
    }
});
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$refused) { return $refused === 1; });
$client->call(new GenericAction('Ping'));
var_dump($sent);
?>
--EXPECT--
int(0)
