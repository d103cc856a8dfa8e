--TEST--
A pinned certificate makes a session; where another one is pinned, the exception shows both
--EXTENSIONS--
apn_ami
openssl
pcntl
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/peer.inc';
require __DIR__ . '/../psr.inc';

$identity = new Identity();
foreach ([STREAM_CRYPTO_METHOD_TLSv1_2_SERVER, STREAM_CRYPTO_METHOD_TLSv1_3_SERVER] as $version) {
    $peer = new Peer($identity, ['crypto_method' => $version]);
    $client = $peer->manager(['fingerprint' => $identity->fingerprint])->default()->waitUntilReady();
    echo $client->state()->name, ' ', $client->call(new GenericAction('Ping'))->get('Message'), "\n";
    // The server talks to one at a time.
    unset($client);
}

$other = str_repeat('AB:', 31) . 'AB';
$logger = new Records();
$manager = $peer->manager(['fingerprint' => $other], logger: $logger);
$begin = microtime(true);
try {
    $manager->default()->waitUntilReady();
    echo "ready\n";
} catch (ConnectionException $e) {
    var_dump($e::class, str_contains($e->getMessage(), $identity->fingerprint), str_contains($e->getMessage(), $other));
}
var_dump(microtime(true) - $begin < 5, $logger->of('connecting failed')[0]['reason'], $logger->of('circuit changed')[0]['to']);
?>
--EXPECT--
Ready Authentication accepted
Ready Authentication accepted
string(33) "Apn\AmiClient\ConnectionException"
bool(true)
bool(true)
bool(true)
string(16) "tls_pin_mismatch"
string(4) "open"
