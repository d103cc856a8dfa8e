--TEST--
After a fork the child is refused, and its end leaves the parent's connection alone
--EXTENSIONS--
apn_ami
pcntl
posix
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

$simulator = new Simulator();
$manager = $simulator->ready();
$client = $manager->default();
$pending = $manager->send(new GenericAction('WaitEvent', ['Timeout' => '1']));
$subscription = $manager->onEvent('One', fn () => 1);
$child = pcntl_fork();
if ($child === 0) {
    $refused = thrown(fn () => $manager->tickAll());
    var_dump($refused->ownerPid() === posix_getppid());
    $attempts = [
        'connectAll' => fn () => $manager->connectAll(),
        'tick' => fn () => $manager->tick('pbx1'),
        'pollAll' => fn () => $manager->pollAll(),
        'poll' => fn () => $manager->poll('pbx1'),
        'send' => fn () => $manager->send(new GenericAction('Ping')),
        'select' => fn () => $manager->select(),
        'addServer' => fn () => $manager->addServer(new ServerConfig('pbx9', '127.0.0.1', 'dialer', 's3cret')),
        'removeServer' => fn () => $manager->removeServer('pbx1'),
        'onEvent' => fn () => $manager->onEvent('One', fn () => 1),
        'onAnyEvent' => fn () => $manager->onAnyEvent(fn () => 1),
        'close' => fn () => $manager->close(),
        'terminate' => fn () => $manager->terminate(),
        'client open' => fn () => $client->open(),
        'client close' => fn () => $client->close(),
        'client send' => fn () => $client->send(new GenericAction('Ping')),
        'client call' => fn () => $client->call(new GenericAction('Ping')),
        'client waitUntilReady' => fn () => $client->waitUntilReady(),
        'client onEvent' => fn () => $client->onEvent('One', fn () => 1),
        'client onAnyEvent' => fn () => $client->onAnyEvent(fn () => 1),
        'await' => fn () => $pending->await(),
        'cancel' => fn () => $pending->cancel(),
        'subscription' => fn () => $subscription->cancel(),
    ];
    foreach ($attempts as $name => $attempt) {
        try {
            $attempt();
            echo "$name is not refused\n";
        } catch (ForkedProcessException) {
        }
    }
    $manager->health();
    $manager->metrics();
    $client->amiVersion() === '11.0.0' && $client->asteriskVersion() === null or print "what is known is told\n";
    $own = $simulator->ready();
    echo $own->default()->call(new GenericAction('Ping'))->get('Ping'), " of its own connection\n";
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump(pcntl_wexitstatus($status), pcntl_wifexited($status));
var_dump($client->state(), $client->call(new GenericAction('Ping'))->get('Ping'));

echo "and a child that drops everything\n";
$child = pcntl_fork();
if ($child === 0) {
    unset($manager, $client, $pending, $subscription, $attempts);
    gc_collect_cycles();
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump($client->state(), $client->call(new GenericAction('Ping'))->get('Ping'), $simulator->count('pbx1', 'connections_open'));
?>
--EXPECT--
ForkedProcessException: this client belongs to process PID; a forked process has to make its own
bool(true)
Pong of its own connection
int(0)
bool(true)
enum(Apn\AmiClient\ConnectionState::Ready)
string(4) "Pong"
and a child that drops everything
enum(Apn\AmiClient\ConnectionState::Ready)
string(4) "Pong"
int(1)
