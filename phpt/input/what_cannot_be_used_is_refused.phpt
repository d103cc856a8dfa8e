--TEST--
What cannot be used is refused by a typed exception that names it
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

$simulator = new Simulator(2);
$manager = $simulator->ready();
$client = $manager->default();
foreach (['pbx3', 'nothing like it', '', "\xff"] as $key) {
    $e = thrown(fn () => $manager->server($key));
    echo json_encode([$e->key(), bin2hex($e->value()), $e->suggestion()]), "\n";
}
thrown(fn () => $manager->tick('pbx'));
thrown(fn () => $manager->poll('pbx'));
$e = thrown(fn () => $manager->tickAll(-1));
var_dump($e->key(), $e->value());
thrown(fn () => $manager->tick('pbx1', -1));
$e = thrown(fn () => $manager->onEvent('', fn () => 1));
var_dump($e->key(), $e->value());
thrown(fn () => $client->onEvent('', fn () => 1));
foreach ([1, 'x', new \stdClass(), [1], ['Name' => 1.5], ['Name' => null], ['Name' => ['a', []]], ['Name' => new \stdClass()]] as $filter) {
    thrown(fn () => $manager->onEvent('One', fn () => 1, $filter));
    thrown(fn () => $client->onAnyEvent(fn () => 1, $filter));
}
thrown(fn () => $manager->onEvent('One', fn () => 1, null, '1'));
thrown(fn () => $manager->onEvent('One'));
thrown(fn () => $manager->onEvent(1, fn () => 1));
thrown(fn () => $manager->tickAll('10'));
thrown(fn () => $manager->tickAll(1.5));
thrown(fn () => $manager->pollAll(1));
thrown(fn () => $client->send('Ping'));
thrown(fn () => $client->send(new \stdClass()));
thrown(fn () => $client->call(null));
thrown(fn () => $client->call(new GenericAction('Ping'), 'soon'));
thrown(fn () => $client->send(new GenericAction("Ping\r\nAction: Logoff")));
thrown(fn () => $client->send(new GenericAction('Ping', ['A' => "b\nc"])));
final class Evil implements Action
{
    public function __construct(private string $name, private array $headers) {}
    public function name(): string { return $this->name; }
    public function headers(): array { return $this->headers; }
    public function completionStrategy(): ?CompletionStrategy { return null; }
}
thrown(fn () => $client->send(new Evil("Ping\r\nAction: Logoff", [])));
thrown(fn () => $client->send(new Evil('Ping', ['A' => "b\r\n\r\nAction: Logoff"])));
thrown(fn () => $client->send(new Evil('Ping', ["A\r\nB" => 'c'])));
thrown(fn () => $client->send(new Evil('Ping', ['ActionID' => '1'])));
thrown(fn () => new AmiClientManager(new ServerRegistry()));
thrown(fn () => new AmiClientManager());
thrown(fn () => new AmiClientManager(null));
thrown(fn () => new AmiClientManager(new ServerRegistry([new ServerConfig('a', '127.0.0.1', 'u', 's')]), []));
thrown(fn () => new AmiClientManager(new ServerRegistry([new ServerConfig('a', '127.0.0.1', 'u', 's')]), null, new \stdClass()));
thrown(fn () => new AmiClientManager(new ServerRegistry([new ServerConfig('a', '127.0.0.1', 'u', 's')]), null, null, new \stdClass()));
thrown(fn () => new AmiClientManager(new ServerRegistry([new ServerConfig('a', '127.0.0.1', 'u', 's')]), clock: new \stdClass()));
thrown(fn () => new AmiClientManager(new ServerRegistry([new ServerConfig('a', '127.0.0.1', 'u', 's')]), resolver: 'nowhere'));
thrown(fn () => AmiClientManager::fromConfig([]));
thrown(fn () => AmiClientManager::fromConfig(['servers' => ['a' => ['host' => '127.0.0.1', 'username' => 'u', 'secret' => 's', 'port' => 0]]]));
thrown(fn () => $manager->__construct(new ServerRegistry([new ServerConfig('a', '127.0.0.1', 'u', 's')])));
foreach ([$manager, $client, $manager->onAnyEvent(fn () => 1), $client->send(new GenericAction('Ping'))] as $object) {
    thrown(fn () => clone $object);
    thrown(fn () => serialize($object));
    thrown(function () use ($object) { $object->more = 1; });
}
foreach ([AmiClientManager::class, AmiClient::class, PendingAction::class, AmiEvent::class] as $class) {
    thrown(fn () => (new \ReflectionClass($class))->newInstanceWithoutConstructor());
    thrown(fn () => unserialize(sprintf('O:%d:"%s":0:{}', strlen($class), $class)));
}
var_dump($client->call(new GenericAction('Ping'))->get('Ping'), $manager->server('pbx2')->state());
?>
--EXPECT--
InvalidConfigurationException: there is no server "pbx3"; did you mean "pbx1"?
["key","70627833","pbx1"]
InvalidConfigurationException: there is no server "nothing like it"
["key","6e6f7468696e67206c696b65206974",null]
InvalidConfigurationException: there is no server ""
["key","",null]
InvalidConfigurationException: there is no server "�"
["key","ff",null]
InvalidConfigurationException: there is no server "pbx"; did you mean "pbx1"?
InvalidConfigurationException: there is no server "pbx"; did you mean "pbx1"?
InvalidConfigurationException: timeoutMs: -1 is negative; 0 does not wait
string(9) "timeoutMs"
int(-1)
InvalidConfigurationException: timeoutMs: -1 is negative; 0 does not wait
InvalidConfigurationException: name: an event's name is not empty
string(4) "name"
string(0) ""
InvalidConfigurationException: name: an event's name is not empty
TypeError: Argument #3 ($filter) must be of type Apn\AmiClient\EventFilter|array|null, int given
TypeError: Argument #2 ($filter) must be of type Apn\AmiClient\EventFilter|array|null, int given
TypeError: Argument #3 ($filter) must be of type Apn\AmiClient\EventFilter|array|null, string given
TypeError: Argument #2 ($filter) must be of type Apn\AmiClient\EventFilter|array|null, string given
TypeError: Argument #3 ($filter) must be of type Apn\AmiClient\EventFilter|array|null, stdClass given
TypeError: Argument #2 ($filter) must be of type Apn\AmiClient\EventFilter|array|null, stdClass given
InvalidConfigurationException: filter: a filter is an array of values by header name
InvalidConfigurationException: filter: a filter is an array of values by header name
InvalidConfigurationException: filter.Name: a header's value is a string, or one of a list of strings
InvalidConfigurationException: filter.Name: a header's value is a string, or one of a list of strings
InvalidConfigurationException: filter.Name: a header's value is a string, or one of a list of strings
InvalidConfigurationException: filter.Name: a header's value is a string, or one of a list of strings
InvalidConfigurationException: filter.Name: a header's value is a string, or one of a list of strings
InvalidConfigurationException: filter.Name: a header's value is a string, or one of a list of strings
InvalidConfigurationException: filter.Name: a header's value is a string, or one of a list of strings
InvalidConfigurationException: filter.Name: a header's value is a string, or one of a list of strings
TypeError: Argument #4 ($priority) must be of type int, string given
ArgumentCountError: Apn\AmiClient\AmiClientManager::onEvent() expects at least 2 arguments, 1 given
TypeError: Argument #1 ($name) must be of type string, int given
TypeError: Argument #1 ($timeoutMs) must be of type int, string given
TypeError: Argument #1 ($timeoutMs) must be of type int, float given
ArgumentCountError: Apn\AmiClient\AmiClientManager::pollAll() expects exactly 0 arguments, 1 given
TypeError: Argument #1 ($action) must be of type Apn\AmiClient\Action, string given
TypeError: Argument #1 ($action) must be of type Apn\AmiClient\Action, stdClass given
TypeError: Argument #1 ($action) must be of type Apn\AmiClient\Action, null given
TypeError: Argument #2 ($timeoutMs) must be of type int, string given
InvalidConfigurationException: the action cannot be sent: byte 0x0d in header "Action" (value "Ping\r\nAction: Logoff")
InvalidConfigurationException: the action cannot be sent: byte 0x0a in header "A" (value "b\nc")
InvalidConfigurationException: the action cannot be sent: byte 0x0d in header "Action" (value "Ping\r\nAction: Logoff")
InvalidConfigurationException: the action cannot be sent: byte 0x0d in header "A" (value "b\r\n\r\nAction: Logoff")
InvalidConfigurationException: the action cannot be sent: byte 0x0d in header "A\r\nB" (value "")
InvalidConfigurationException: the action cannot be sent: header "ActionID" is set by the client
InvalidConfigurationException: servers: an array of 0 must hold at least one server
ArgumentCountError: Apn\AmiClient\AmiClientManager::__construct() expects at least 1 argument, 0 given
TypeError: Argument #1 ($servers) must be of type Apn\AmiClient\ServerRegistry, null given
TypeError: Argument #2 ($options) must be of type ?Apn\AmiClient\ClientOptions, array given
TypeError: Argument #3 ($logger) must be of type ?Psr\Log\LoggerInterface, stdClass given
TypeError: Argument #4 ($metrics) must be of type ?Apn\AmiClient\MetricsCollector, stdClass given
TypeError: Argument #5 ($clock) must be of type ?Psr\Clock\ClockInterface, stdClass given
TypeError: Argument #6 ($resolver) must be a valid callback, function "nowhere" not found or invalid function name
InvalidConfigurationException: servers is required
InvalidConfigurationException: servers.a.port: 0 is out of range (1 to 65535)
Error: Apn\AmiClient\AmiClientManager is constructed already
Error: Trying to clone an uncloneable object of class Apn\AmiClient\AmiClientManager
Exception: Serialization of 'Apn\AmiClient\AmiClientManager' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\AmiClientManager::$more
Error: Trying to clone an uncloneable object of class Apn\AmiClient\AmiClient
Exception: Serialization of 'Apn\AmiClient\AmiClient' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\AmiClient::$more
Error: Trying to clone an uncloneable object of class Apn\AmiClient\Subscription
Exception: Serialization of 'Apn\AmiClient\Subscription' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\Subscription::$more
Error: Trying to clone an uncloneable object of class Apn\AmiClient\PendingAction
Exception: Serialization of 'Apn\AmiClient\PendingAction' is not allowed
Error: Cannot create dynamic property Apn\AmiClient\PendingAction::$more
ReflectionException: Class Apn\AmiClient\AmiClientManager is an internal class marked as final that cannot be instantiated without invoking its constructor
Exception: Unserialization of 'Apn\AmiClient\AmiClientManager' is not allowed
ReflectionException: Class Apn\AmiClient\AmiClient is an internal class marked as final that cannot be instantiated without invoking its constructor
Exception: Unserialization of 'Apn\AmiClient\AmiClient' is not allowed
ReflectionException: Class Apn\AmiClient\PendingAction is an internal class marked as final that cannot be instantiated without invoking its constructor
Exception: Unserialization of 'Apn\AmiClient\PendingAction' is not allowed
ReflectionException: Class Apn\AmiClient\AmiEvent is an internal class marked as final that cannot be instantiated without invoking its constructor
Exception: Unserialization of 'Apn\AmiClient\AmiEvent' is not allowed
string(4) "Pong"
enum(Apn\AmiClient\ConnectionState::Ready)
