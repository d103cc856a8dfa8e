--TEST--
Actions and strategies cannot be changed, extended, cloned, serialized or constructed again
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/../config/helper.inc';

$objects = [new GenericAction('Ping', [], new Command()), new SingleResponse(), new EventList(), new AsyncEvent(), new Command()];
foreach ($objects as $object) {
    echo $object::class, (new \ReflectionClass($object))->isFinal() ? " is final\n" : " is not final\n";
    refused(fn () => clone $object);
    refused(fn () => serialize($object));
    refused(fn () => $object->somethingNew = 1);
    refused(fn () => $object->__construct(...($object instanceof Action ? ['Pong'] : [])));
    refused(fn () => (new \ReflectionClass($object))->newInstanceWithoutConstructor());
}
refused(fn () => (new \ReflectionProperty(GenericAction::class, 'completionStrategy'))->setValue($objects[0], null));
echo $objects[0]->name(), ' ', $objects[0]->completionStrategy()::class, "\n";
?>
--EXPECT--
Apn\AmiClient\GenericAction is final
Error: Trying to clone an uncloneable object of class Apn\AmiClient\GenericAction
Exception: Serialization of 'Apn\AmiClient\GenericAction' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\GenericAction::$somethingNew
Error: Apn\AmiClient\GenericAction is constructed already
ReflectionException: Class Apn\AmiClient\GenericAction is an internal class marked as final that cannot be instantiated without invoking its constructor
Apn\AmiClient\SingleResponse is final
Error: Trying to clone an uncloneable object of class Apn\AmiClient\SingleResponse
Exception: Serialization of 'Apn\AmiClient\SingleResponse' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\SingleResponse::$somethingNew
Error: Apn\AmiClient\SingleResponse is constructed already
ReflectionException: Class Apn\AmiClient\SingleResponse is an internal class marked as final that cannot be instantiated without invoking its constructor
Apn\AmiClient\EventList is final
Error: Trying to clone an uncloneable object of class Apn\AmiClient\EventList
Exception: Serialization of 'Apn\AmiClient\EventList' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\EventList::$somethingNew
Error: Apn\AmiClient\EventList is constructed already
ReflectionException: Class Apn\AmiClient\EventList is an internal class marked as final that cannot be instantiated without invoking its constructor
Apn\AmiClient\AsyncEvent is final
Error: Trying to clone an uncloneable object of class Apn\AmiClient\AsyncEvent
Exception: Serialization of 'Apn\AmiClient\AsyncEvent' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\AsyncEvent::$somethingNew
Error: Apn\AmiClient\AsyncEvent is constructed already
ReflectionException: Class Apn\AmiClient\AsyncEvent is an internal class marked as final that cannot be instantiated without invoking its constructor
Apn\AmiClient\Command is final
Error: Trying to clone an uncloneable object of class Apn\AmiClient\Command
Exception: Serialization of 'Apn\AmiClient\Command' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\Command::$somethingNew
Error: Apn\AmiClient\Command is constructed already
ReflectionException: Class Apn\AmiClient\Command is an internal class marked as final that cannot be instantiated without invoking its constructor
Error: Cannot modify readonly property Apn\AmiClient\GenericAction::$completionStrategy
Ping Apn\AmiClient\Command
