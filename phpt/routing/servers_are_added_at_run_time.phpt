--TEST--
Servers are added at run time, checked as those at the start are, and connect where the manager is connected
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

$simulator = new Simulator(3);
$config = fn (string $key, array $more = []): ServerConfig => ServerConfig::fromArray($key, $more + ['host' => '127.0.0.1', 'port' => $simulator->ports['pbx2'], 'username' => 'dialer', 'secret' => 's3cret']);
$first = ['pbx1' => ['host' => '127.0.0.1', 'port' => $simulator->ports['pbx1'], 'username' => 'dialer', 'secret' => 's3cret']];
$resolved = [];
$resolver = function (string $name) use (&$resolved): ?string {
    $resolved[] = $name;

    return $name === 'nowhere' ? null : '127.0.0.1';
};
$manager = AmiClientManager::fromConfig(['servers' => $first, 'options' => ['enforce_ip_endpoints' => false, 'heartbeat_misses' => 3]], resolver: $resolver);

$two = $manager->addServer($config('pbx2'));
echo $two->serverKey(), ' ', $two->state()->value, ' ', implode(' ', array_keys($manager->health())), "\n";
$manager->connectAll();
until($manager, fn () => $two->state() === ConnectionState::Ready);
echo "it is a server like the others\n";
$heard = new \ArrayObject();
$manager->onEvent('Hello', function (AmiEvent $event) use ($heard): void { $heard[] = $event->serverKey; });
$simulator->send('pbx2', ['Hello']);
until($manager, fn () => (array) $heard === ['pbx2']);
$three = $manager->addServer($config('pbx3', ['host' => 'localhost', 'port' => $simulator->ports['pbx3']]));
echo $three->state()->value, ' ', implode(' ', $resolved), "\n";
$three->waitUntilReady();
echo implode(' ', array_map(fn () => $manager->select()->serverKey(), range(1, 3))), "\n";
var_dump($manager->server('pbx3')->call(new GenericAction('Ping'))->get('Ping'));

echo "what cannot be used is refused, and changes nothing\n";
thrown(fn () => $manager->addServer($config('pbx3')));
thrown(fn () => $manager->addServer($config('pbx4', ['host' => 'nowhere'])));
thrown(fn () => $manager->addServer($config('pbx4', ['options' => ['parser_buffer_limit' => 100_000, 'max_frame_size' => 100_000]])));
thrown(fn () => $manager->addServer(new \stdClass()));
echo "in a listener an address will do, a name will not\n";
$manager->onEvent('Add', function () use ($manager, $config): void {
    thrown(fn () => $manager->addServer($config('pbx4', ['host' => 'localhost'])));
    echo $manager->addServer($config('pbx4'))->state()->value, "\n";
});
$simulator->send('pbx2', ['Add']);
until($manager, fn () => isset($manager->health()['pbx4']));
echo implode(' ', array_keys($manager->health())), "\n";
$manager->close();
echo $manager->addServer($config('pbx5'))->state()->value, "\n";
?>
--EXPECT--
pbx2 disconnected pbx1 pbx2
it is a server like the others
connecting localhost
pbx1 pbx2 pbx3
string(4) "Pong"
what cannot be used is refused, and changes nothing
InvalidConfigurationException: key: there is a server "pbx3" already
InvalidConfigurationException: servers.pbx4.host: "nowhere" was not resolved to an IP address
InvalidConfigurationException: parser_buffer_limit: 100000 is less than max_frame_size and its delimiter (100004)
TypeError: Argument #1 ($server) must be of type Apn\AmiClient\ServerConfig, stdClass given
in a listener an address will do, a name will not
ReentrancyException: "localhost" cannot be resolved within a tick: return from the listener first
connecting
pbx1 pbx2 pbx3 pbx4
disconnected
