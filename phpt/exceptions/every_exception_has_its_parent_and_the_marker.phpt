--TEST--
Every exception has the parent that callers expect, and is an AmiException
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

foreach ((new \ReflectionExtension('apn_ami'))->getClasses() as $class) {
    if (!$class->isSubclassOf(\Exception::class)) {
        continue;
    }
    $parents = array_values(class_parents($class->name));
    echo $class->getShortName(), ' < ', implode(' < ', array_map(fn ($name) => substr(strrchr("\\$name", '\\'), 1), $parents));
    echo $class->isSubclassOf(AmiException::class) ? '' : ', which is no AmiException', $class->isInstantiable() && !$class->isFinal() ? "\n" : " (closed)\n";
}
var_dump(is_subclass_of(AmiException::class, \Throwable::class));
?>
--EXPECT--
InvalidConfigurationException < InvalidArgumentException < LogicException < Exception
ConnectionException < RuntimeException < Exception
ConnectionLostException < ConnectionException < RuntimeException < Exception
AuthenticationException < ConnectionException < RuntimeException < Exception
InvalidConnectionStateException < RuntimeException < Exception
BackpressureException < RuntimeException < Exception
ActionException < RuntimeException < Exception
ActionSendFailedException < ActionException < RuntimeException < Exception
ActionTimeoutException < ActionException < RuntimeException < Exception
ActionErrorResponseException < ActionException < RuntimeException < Exception
OriginateFailedException < ActionErrorResponseException < ActionException < RuntimeException < Exception
MissingResponseException < ActionException < RuntimeException < Exception
ActionCancelledException < ActionException < RuntimeException < Exception
ProtocolException < RuntimeException < Exception
ParserDesyncException < ProtocolException < RuntimeException < Exception
ReentrancyException < LogicException < Exception
ForkedProcessException < LogicException < Exception
bool(true)
