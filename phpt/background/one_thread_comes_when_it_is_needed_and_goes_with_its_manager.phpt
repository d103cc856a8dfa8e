--TEST--
One thread of a manager comes when there is something to do for a socket, and goes with terminate() or with the manager
--EXTENSIONS--
apn_ami
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
require __DIR__ . '/helper.inc';

$simulator = new Simulator(3);
$manager = $simulator->manager(['io' => 'background']);
$manager->onEvent('One', fn () => null);
$manager->tickAll();
$manager->health();
echo threads(), " before anything is opened\n";
$manager->server('pbx1')->open();
echo threads(), " at once\n";
$manager->connectAll();
until($manager, fn () => count(array_filter($manager->health(), fn (array $health) => $health['state'] === ConnectionState::Ready)) === 3);
echo threads(), " for three servers\n";
$other = $simulator->ready(['io' => 'background']);
echo threads(), " with another manager\n";
unset($other);
gc_collect_cycles();
echo threads(), " without it\n";

// By now it has its name. No signal is ever handled in the thread: all of them are blocked there.
foreach (glob('/proc/self/task/*/comm') as $file) {
    if (trim(file_get_contents($file)) === 'apn-ami') {
        // All but those that nobody can block, and one of the C library's own.
        preg_match('/^SigBlk:\s+(\w+)/m', file_get_contents(dirname($file) . '/status'), $found);
        var_dump((hexdec(substr($found[1], -8)) | 1 << 8 | 1 << 18 | 1 << 31) === 0xffffffff ?: $found[1]);
    }
}

$manager->terminate();
echo threads(), " after terminate()\n";
echo $manager->server('pbx2')->call(new GenericAction('Ping'))->get('Ping'), ' by ', threads(), "\n";
$manager->close();
unset($manager);
gc_collect_cycles();
echo threads(), " in the end\n";
new AmiClientManager(new ServerRegistry([new ServerConfig('pbx1', '127.0.0.1', 'dialer', 's3cret')]), new ClientOptions(io: 'background'));
echo threads(), " for one that was never used\n";
$eager = $simulator->manager(['io' => 'background', 'lazy' => false]);
echo threads(), " for one that is not lazy\n";
?>
--EXPECT--
0 before anything is opened
1 at once
1 for three servers
2 with another manager
1 without it
bool(true)
0 after terminate()
Pong by 1
0 in the end
0 for one that was never used
1 for one that is not lazy
