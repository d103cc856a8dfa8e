--TEST--
Files that TLS cannot use are refused when the manager is made, by the path of the setting
--EXTENSIONS--
apn_ami
openssl
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../config/helper.inc';
require __DIR__ . '/peer.inc';

[$one, $other] = [new Identity(), new Identity()];
$with = fn (bool|array $tls) => refused(fn () => AmiClientManager::fromConfig(['servers' => ['pbx1' => settings(['tls' => $tls])]]));
$with(['ca_file' => '/nowhere/ca.pem']);
$with(['ca_file' => '/dev/zero']);
$with(['verify' => 'none', 'client_cert' => __FILE__, 'client_key' => $one->file]);
try {
    AmiClientManager::fromConfig(['servers' => ['pbx1' => settings(['tls' => ['verify' => 'none', 'client_cert' => $one->file, 'client_key' => $other->file]])]]);
} catch (InvalidConfigurationException $e) {
    echo $e->key(), ': ', str_contains($e->getMessage(), 'is not the private key of the certificate in') ? 'is not its key' : $e->getMessage(), "\n";
}
?>
--EXPECTF--
servers.pbx1.tls.ca_file: "/nowhere/ca.pem" cannot be read: No such file or directory (os error 2)
  key 'servers.pbx1.tls.ca_file', value '/nowhere/ca.pem', suggestion NULL
servers.pbx1.tls.ca_file: "/dev/zero" is no file
  key 'servers.pbx1.tls.ca_file', value '/dev/zero', suggestion NULL
servers.pbx1.tls.client_cert: "%s" has no certificate in PEM form (-----BEGIN CERTIFICATE-----)
  key 'servers.pbx1.tls.client_cert', value '%s', suggestion NULL
servers.pbx1.tls.client_key: is not its key
