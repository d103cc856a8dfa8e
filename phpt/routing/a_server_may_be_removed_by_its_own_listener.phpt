--TEST--
A server is removed and its key used again within a listener of its own events
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
$manager = $simulator->ready();
$calls = new \ArrayObject();
$manager->server('pbx1')->onEvent('Go', function (AmiEvent $event) use ($manager, $simulator, $calls): void {
    $calls[] = $event->get('N');
    $manager->removeServer('pbx1');
    $manager->addServer(ServerConfig::fromArray('pbx1', ['host' => '127.0.0.1', 'port' => $simulator->ports['pbx1'], 'username' => 'dialer', 'secret' => 's3cret']));
});
$rest = new \ArrayObject();
$manager->onEvent('Go', function (AmiEvent $event) use ($rest): void { $rest[] = $event->get('N'); }, priority: -1);
$simulator->raw('pbx1', implode('', array_map(fn (int $n): string => "Event: Go\r\nN: $n\r\n\r\n", range(1, 5))));
until($manager, fn () => count($calls) > 0);
until($manager, fn () => $manager->server('pbx1')->state() === ConnectionState::Ready && $simulator->count('pbx1', 'connections_open') === 1);
echo implode(' ', (array) $calls), ', ', implode(' ', (array) $rest), "\n";
$manager->onEvent('Other', function () use ($manager): void {
    $manager->removeServer('pbx1');
    $manager->removeServer('pbx2');
    echo "removed\n";
});
$waiting = $manager->server('pbx1');
$simulator->send('pbx2', ['Other']);
thrown(fn () => $waiting->call(new GenericAction('WaitEvent', ['Timeout' => 60])));
var_dump($manager->health());
?>
--EXPECT--
1, 1 2 3 4 5
removed
ConnectionLostException: WaitEvent on "pbx1": the connection was lost before the answer, so that its outcome is not known: the connection was closed by the application
array(0) {
}
