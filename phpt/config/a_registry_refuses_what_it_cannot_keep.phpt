--TEST--
A ServerRegistry refuses unknown keys, keys that are taken and what is no server, and stays as it was
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/helper.inc';

$pbx1 = ServerConfig::fromArray('pbx1', settings());
$registry = new ServerRegistry([$pbx1]);
refused(fn () => $registry->get('pbx2'));
refused(fn () => $registry->get("nothing\0like it"));
refused(fn () => $registry->get(5));
refused(fn () => $registry->add($pbx1));
refused(fn () => $registry->add(new ClientOptions()));
refused(fn () => $registry->add('pbx2'));
var_dump(count($registry));

refused(fn () => new ServerRegistry([$pbx1, $pbx1]));
refused(fn () => new ServerRegistry([$pbx1, settings()]));
refused(fn () => new ServerRegistry('pbx1'));
refused(fn () => new ServerRegistry([$pbx1], 'pbx2'));
refused(fn () => new ServerRegistry([$pbx1], 5));
refused(fn () => (new ServerRegistry())->default());
refused(fn () => ServerRegistry::fromArray([settings()]));
refused(fn () => ServerRegistry::fromArray(['pbx1' => settings(['port' => 70000])]));
refused(fn () => ServerRegistry::fromArray(['pbx1' => settings(['options' => ['backoff_min_ms' => 1]])]));
refused(fn () => ServerRegistry::fromArray(['pbx 1' => settings()]));
refused(fn () => ServerRegistry::fromArray(['pbx1' => null]));
refused(fn () => ServerRegistry::fromArray(['pbx1' => settings()], 'pbx'));
?>
--EXPECT--
key: "pbx2" is the key of no server; did you mean "pbx1"?
  key 'key', value 'pbx2', suggestion 'pbx1'
key: "nothing\u{0}like it" is the key of no server
  key 'key', value 'nothing\000like it', suggestion NULL
key: 5 must be a string, int given
  key 'key', value 5, suggestion NULL
server: "pbx1" is the key of another server already
  key 'server', value 'pbx1', suggestion NULL
server: Apn\AmiClient\ClientOptions must be a ServerConfig, Apn\AmiClient\ClientOptions given
  key 'server', value 'Apn\AmiClient\ClientOptions', suggestion NULL
server: string must be a ServerConfig, string given
  key 'server', value 'string', suggestion NULL
int(1)
servers.1: "pbx1" is the key of another server already
  key 'servers.1', value 'pbx1', suggestion NULL
servers.1: array must be a ServerConfig, array given
  key 'servers.1', value 'array', suggestion NULL
servers: string must be an array of ServerConfig objects, string given
  key 'servers', value 'string', suggestion NULL
default: "pbx2" is the key of no server; did you mean "pbx1"?
  key 'default', value 'pbx2', suggestion 'pbx1'
default: 5 must be the key of a server, int given
  key 'default', value 5, suggestion NULL
servers: an array of 0 must hold at least one server
  key 'servers', value array, suggestion NULL
servers: an array of 1 must have each server under its key, such as 'pbx1' => [...]; a list was given
  key 'servers', value array, suggestion NULL
servers.pbx1.port: 70000 is out of range (1 to 65535)
  key 'servers.pbx1.port', value 70000, suggestion NULL
servers.pbx1.options.backoff_min_ms: 1 is out of range (100 to 3600000)
  key 'servers.pbx1.options.backoff_min_ms', value 1, suggestion NULL
servers: "pbx 1" is no server key; only printable ASCII without spaces and colons can be one
  key 'servers', value 'pbx 1', suggestion NULL
servers.pbx1.host is required
  key 'servers.pbx1.host', value NULL, suggestion NULL
default: "pbx" is the key of no server; did you mean "pbx1"?
  key 'default', value 'pbx', suggestion 'pbx1'
