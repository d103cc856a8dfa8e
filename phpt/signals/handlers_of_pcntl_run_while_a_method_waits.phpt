--TEST--
Handlers of pcntl_async_signals run while call(), await() and waitUntilReady() wait, and what they throw ends the wait
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
$simulator->tell('pbx1 fault mute action=CoreStatus');
pcntl_async_signals(true);
$kill = fn () => proc_close(proc_open(['sh', '-c', '(sleep 0.1; kill -USR1 ' . posix_getpid() . ') >/dev/null 2>&1 &'], [], $pipes));

pcntl_signal(SIGUSR1, function () use ($manager) { echo "in time\n"; $manager->health(); $manager->pollAll(); });
$kill();
$began = hrtime(true);
thrown(fn () => $client->call(new GenericAction('CoreStatus'), 1500));
var_dump(hrtime(true) - $began > 1.4e9);

pcntl_signal(SIGUSR1, fn () => throw new \DomainException('enough'));
$began = hrtime(true);
$kill();
thrown(fn () => $client->call(new GenericAction('CoreStatus'), 9000));
$pending = $client->send(new GenericAction('CoreStatus'));
$kill();
thrown(fn () => $pending->await(9000));
$simulator->tell('pbx1 fault stall');
$simulator->tell('pbx1 fault reset');
until($manager, fn () => $client->state() !== ConnectionState::Ready);
$kill();
thrown(fn () => $client->waitUntilReady(9000));
var_dump(hrtime(true) - $began < 8e9);
$simulator->tell('pbx1 fault clear');
pcntl_signal(SIGUSR1, SIG_DFL);
until($manager, fn () => $client->state() === ConnectionState::Ready);

echo "and exit() there ends the script\n";
$status = script(<<<'PHP'
pcntl_async_signals(true);
pcntl_signal(SIGALRM, function () { echo "leaving\n"; exit(5); });
register_shutdown_function(fn () => print("shutdown\n"));
pcntl_alarm(1);
$simulator->tell('pbx1 fault mute action=CoreStatus');
$manager->default()->call(new GenericAction('CoreStatus'), 9000);
echo "not reached\n";
PHP);
var_dump($status);
?>
--EXPECT--
in time
ActionTimeoutException: CoreStatus on "pbx1": no complete answer within 1500 ms; it is still waited for
bool(true)
DomainException: enough
DomainException: enough
DomainException: enough
bool(true)
and exit() there ends the script
leaving
shutdown
int(5)
