--TEST--
Servers that are added, connected, listened to and removed leave no memory, no socket and no listener behind
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
$manager->removeServer('pbx2');
$config = new ServerConfig('pbx2', '127.0.0.1', 'dialer', 's3cret', $simulator->ports['pbx2']);
$idle = new ServerConfig('idle', '127.0.0.1', 'dialer', 's3cret', 1);
$round = function (int $connected, int $unconnected) use ($manager, $config, $idle): void {
    for ($n = 0; $n < $connected; $n++) {
        $pbx = $manager->addServer($config);
        $subscription = $pbx->onAnyEvent(fn () => null);
        $pbx->call(new GenericAction('Ping'));
        $manager->removeServer('pbx2');
        until($manager, fn () => $pbx->state() === ConnectionState::Disconnected);
        $subscription->isActive() and print("a listener was left\n");
    }
    for ($n = 0; $n < $unconnected; $n++) {
        $manager->addServer($idle);
        $manager->removeServer('idle');
    }
    $manager->pollAll();
};
$rss = fn (): int => (int) explode(' ', (string) file_get_contents('/proc/self/statm'))[1] * 4096;
$round(20, 1_500);
[$php, $process] = [memory_get_usage(), $rss()];
$round(200, 5_000);
gc_collect_cycles();
var_dump(memory_get_usage() - $php < 4_096, $rss() - $process < 2_000_000, sockets() === 1, count($manager->health()));
var_dump($manager->metrics()['removed']['servers']);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
int(1)
int(6721)
