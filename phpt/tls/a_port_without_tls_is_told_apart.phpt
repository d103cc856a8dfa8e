--TEST--
A port that speaks AMI without TLS is told apart
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

$simulator = new Simulator();
$logger = new Records();
$manager = $simulator->manager(['max_reconnect_attempts' => 1], ['tls' => ['verify' => 'none']], logger: $logger);
try {
    $manager->default()->waitUntilReady();
    echo "ready\n";
} catch (ConnectionException $e) {
    echo preg_replace('/^"pbx1" \S+: /', '', $e->getMessage()), "\n";
}
var_dump($logger->of('connecting failed')[0]['reason']);
?>
--EXPECT--
what answers there does not speak TLS; AMI without TLS has a port of its own, by default 5038, and with TLS 5039
string(11) "tls_not_tls"
