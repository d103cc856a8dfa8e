--TEST--
`io` is inline or background, for all servers of a manager
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

var_dump((new ClientOptions())->io, (new ClientOptions(io: 'Background'))->io);
thrown(fn () => new ClientOptions(io: 'thread'));
thrown(fn () => ClientOptions::fromArray(['io' => true]));
thrown(fn () => AmiClientManager::fromConfig(['servers' => ['a' => ['host' => '127.0.0.1', 'username' => 'u', 'secret' => 's', 'options' => ['io' => 'background']]]]));
?>
--EXPECT--
string(6) "inline"
string(10) "background"
InvalidConfigurationException: io: "thread" is not one of: inline, background
InvalidConfigurationException: io: true must be a string, bool given
InvalidConfigurationException: servers.a.options.io: "background" cannot be set for one server; it holds for all servers of the process
