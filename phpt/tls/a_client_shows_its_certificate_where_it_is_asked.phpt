--TEST--
A client shows its certificate where it is asked for one, and is told that another one is not accepted
--EXTENSIONS--
apn_ami
openssl
pcntl
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/peer.inc';

[$server, $ours, $other] = [new Identity(), new Identity(), new Identity()];
$peer = new Peer($server, ['verify_peer' => true, 'verify_peer_name' => false, 'cafile' => $ours->file]);
$pin = ['fingerprint' => $server->fingerprint];
$shows = fn (Identity $identity) => $pin + ['client_cert' => $identity->file, 'client_key' => $identity->file];

echo $peer->manager($shows($ours))->default()->waitUntilReady()->state()->name, "\n";
try {
    $peer->manager($shows($other))->default()->waitUntilReady();
    echo "ready\n";
} catch (ConnectionException $e) {
    echo preg_replace('/^"pbx1" \S+: /', '', $e->getMessage()), "\n";
}
?>
--EXPECTF--
Ready
the server does not accept the client certificate of tls.client_cert (its alert: %s)
