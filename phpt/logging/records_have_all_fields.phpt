--TEST--
Every record has the five fields, and goes to the logger at the end of the tick
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
require __DIR__ . '/../psr.inc';

$simulator = new Simulator();
$logger = new Records();
$manager = $simulator->ready(['action_timeout' => 0.1], [], logger: $logger);
$simulator->tell('pbx1 fault mute action=CoreStatus');
$pending = $manager->send(new GenericAction('CoreStatus'));
try {
    $pending->await();
} catch (ActionTimeoutException) {
}
$thrown = new \DomainException('from the listener');
$manager->onEvent('One', function () use ($thrown, $logger) { $logger->also = count($logger->of('a callback threw')); throw $thrown; });
$simulator->send('pbx1', ['One']);
until($manager, fn () => $logger->of('a callback threw') !== []);
foreach ($logger->records as [$level, $message, $context]) {
    foreach (['server_key', 'action_id', 'queue_depth', 'worker_pid', 'timestamp_ms'] as $field) {
        array_key_exists($field, $context) or print("$message has no $field\n");
    }
    $types = implode(' ', array_map(fn ($key) => "$key:" . get_debug_type($context[$key]), array_keys($context)));
    echo "$level $message: $types\n";
    $context['server_key'] === 'pbx1' or print("wrong server\n");
    $context['worker_pid'] === getmypid() or print("wrong process\n");
    abs($context['timestamp_ms'] / 1000 - microtime(true)) < 60 or print("wrong time\n");
}
var_dump($logger->of('action timed out')[0]['action_id'] === $pending->actionId(), $logger->of('a callback threw')[0]['exception'] === $thrown, $logger->also);
?>
--EXPECT--
debug connecting: server_key:string action_id:null queue_depth:int worker_pid:int timestamp_ms:int host:string port:int attempt:int backoff:int next_retry_at:null
info ready: server_key:string action_id:null queue_depth:int worker_pid:int timestamp_ms:int host:string port:int banner:string
warning action timed out: server_key:string action_id:string queue_depth:int worker_pid:int timestamp_ms:int waited_ms:int
error a callback threw: server_key:string action_id:null queue_depth:int worker_pid:int timestamp_ms:int callback:string exception:DomainException
bool(true)
bool(true)
int(0)
