--TEST--
A server that stalls, speaks HTTP or sends noise is a state and a log, never a hang
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
require __DIR__ . '/../psr.inc';

foreach (['stall', 'slow_banner ms=60000', 'http', 'garbage_banner bytes=5000'] as $fault) {
    $simulator = new Simulator();
    $simulator->tell("pbx1 fault $fault");
    $logger = new Records();
    $manager = $simulator->manager(['auth_timeout' => 0.2, 'connect_timeout' => 0.2], [], logger: $logger);
    $manager->connectAll();
    $longest = 0.0;
    for ($until = microtime(true) + 5; $logger->of('connecting failed') === [] && microtime(true) < $until;) {
        $before = microtime(true);
        $manager->tickAll(50);
        $longest = max($longest, microtime(true) - $before);
    }
    $record = $logger->of('connecting failed')[0] ?? ['error' => 'no log'];
    echo strtok($fault, ' '), ': ', $manager->default()->state()->name, ', ', preg_replace('/\d+(\.\d+)? ?m?s/', 'TIME', $record['error']), "\n";
    var_dump($longest < 0.3);
    $e = thrown(fn () => $manager->default()->call(new GenericAction('Ping'), 300));
    $simulator->tell('pbx1 fault clear');
    var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'));
}
?>
--EXPECT--
stall: Reconnecting, no banner came in time (a port that wants TLS sends none without it)
bool(true)
ConnectionException: "pbx1" (HOST:PORT): no banner came in time (a port that wants TLS sends none without it)
string(4) "Pong"
slow_banner: Reconnecting, no banner came in time (a port that wants TLS sends none without it)
bool(true)
ConnectionException: "pbx1" (HOST:PORT): no banner came in time (a port that wants TLS sends none without it)
string(4) "Pong"
http: Reconnecting, what answers there does not speak AMI
bool(true)
ConnectionException: "pbx1" (HOST:PORT): what answers there does not speak AMI
string(4) "Pong"
garbage_banner: Reconnecting, no banner came in time (a port that wants TLS sends none without it)
bool(true)
ConnectionException: "pbx1" (HOST:PORT): no banner came in time (a port that wants TLS sends none without it)
string(4) "Pong"
