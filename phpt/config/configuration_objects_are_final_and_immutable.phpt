--TEST--
Configuration objects cannot be changed, extended, cloned, serialized or constructed again
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/helper.inc';

$objects = [new ClientOptions(lazy: false), ServerConfig::fromArray('pbx1', settings()), ServerRegistry::fromArray(['pbx1' => settings()])];
foreach ($objects as $object) {
    echo $object::class, (new \ReflectionClass($object))->isFinal() ? " is final\n" : " is not final\n";
    refused(fn () => clone $object);
    refused(fn () => serialize($object));
    refused(fn () => unserialize('O:' . strlen($object::class) . ':"' . $object::class . '":0:{}'));
    refused(fn () => $object->somethingNew = 1);
    refused(fn () => (new \ReflectionClass($object))->newInstanceWithoutConstructor());
}
[$options, $server, $registry] = $objects;
refused(fn () => $options->lazy = true);
refused(function () use ($options) { unset($options->lazy); });
refused(fn () => $server->host = '192.0.2.9');
refused(fn () => $options->__construct(lazy: true));
refused(fn () => $server->__construct('pbx2', '192.0.2.2', 'u', 's'));
refused(fn () => $registry->__construct());
refused(fn () => $options->__construct(heartbeatMisses: 0));
var_dump($options->lazy, $server->key, $registry->keys());
?>
--EXPECTF--
Apn\AmiClient\ClientOptions is final
Error: Trying to clone an uncloneable object of class Apn\AmiClient\ClientOptions
Exception: Serialization of 'Apn\AmiClient\ClientOptions' is not allowed
Exception: Unserialization of 'Apn\AmiClient\ClientOptions' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\ClientOptions::$somethingNew
ReflectionException: %s
Apn\AmiClient\ServerConfig is final
Error: Trying to clone an uncloneable object of class Apn\AmiClient\ServerConfig
Exception: Serialization of 'Apn\AmiClient\ServerConfig' is not allowed
Exception: Unserialization of 'Apn\AmiClient\ServerConfig' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\ServerConfig::$somethingNew
ReflectionException: %s
Apn\AmiClient\ServerRegistry is final
Error: Trying to clone an uncloneable object of class Apn\AmiClient\ServerRegistry
Exception: Serialization of 'Apn\AmiClient\ServerRegistry' is not allowed
Exception: Unserialization of 'Apn\AmiClient\ServerRegistry' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\ServerRegistry::$somethingNew
ReflectionException: %s
Error: Cannot modify readonly property Apn\AmiClient\ClientOptions::$lazy
Error: Cannot unset readonly property Apn\AmiClient\ClientOptions::$lazy
Error: Cannot modify readonly property Apn\AmiClient\ServerConfig::$host
Error: Apn\AmiClient\ClientOptions is constructed already
Error: Apn\AmiClient\ServerConfig is constructed already
Error: Apn\AmiClient\ServerRegistry is constructed already
heartbeatMisses: 0 is out of range (1 to 100)
  key 'heartbeatMisses', value 0, suggestion NULL
bool(false)
string(4) "pbx1"
array(1) {
  [0]=>
  string(4) "pbx1"
}
