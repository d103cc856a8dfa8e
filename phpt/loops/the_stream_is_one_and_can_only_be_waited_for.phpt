--TEST--
stream() is one stream that survives connections, closing and reading, and outlives its manager unreadable
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
require __DIR__ . '/helper.inc';

$simulator = new Simulator();
$manager = $simulator->manager();
$stream = $manager->stream();
var_dump($stream === $manager->stream(), get_resource_type($stream), stream_get_meta_data($stream)['stream_type'], stream_get_meta_data($stream)['seekable']);
$manager->connectAll();
$client = $manager->default();
drive($manager, fn () => $client->state() === ConnectionState::Ready);
$simulator->tell('pbx1 fault reset');
drive($manager, fn () => $client->state() !== ConnectionState::Ready);
drive($manager, fn () => $client->state() === ConnectionState::Ready);
var_dump($stream === $manager->stream(), $client->health()['sessions']);

echo "reading and writing do nothing\n";
$pending = $client->send(new GenericAction('Ping'));
var_dump(readable($stream, 5_000), fread($stream, 10), feof($stream), stream_get_contents($stream), fgets($stream));
var_dump(@fwrite($stream, 'x'), @fseek($stream, 1), stream_set_blocking($stream, true), stream_set_blocking($stream, false));
var_dump(readable($stream, 5_000));
drive($manager, $pending->isComplete(...));
echo $pending->response()->get('Ping'), "\n";

echo "closed by the application, there is another one\n";
fclose($stream);
var_dump(get_resource_type($stream));
$stream = $manager->stream();
var_dump(get_resource_type($stream));
$pending = $client->send(new GenericAction('Ping'));
var_dump(readable($stream, 5_000));
drive($manager, $pending->isComplete(...));
echo $pending->response()->get('Ping'), "\n";

echo "without its manager\n";
$descriptors = count(glob('/proc/self/fd/*'));
unset($manager, $client, $pending);
var_dump(readable($stream), get_resource_type($stream));
for ($until = microtime(true) + 10; $simulator->count('pbx1', 'connections_open') > 0;) {
    microtime(true) < $until or die("the connection is still open\n");
}
unset($stream);
var_dump($descriptors > count(glob('/proc/self/fd/*')));

echo "and no descriptors are left behind\n";
$before = count(glob('/proc/self/fd/*'));
for ($i = 0; $i < 50; $i++) {
    $manager = $simulator->manager();
    fclose($manager->stream());
    $manager->stream();
    $kept = $manager->stream();
}
unset($manager, $kept);
var_dump(count(glob('/proc/self/fd/*')) - $before);
?>
--EXPECT--
bool(true)
string(6) "stream"
string(7) "apn_ami"
bool(false)
bool(true)
int(2)
reading and writing do nothing
bool(true)
string(0) ""
bool(true)
string(0) ""
bool(false)
bool(false)
int(-1)
bool(true)
bool(true)
bool(true)
Pong
closed by the application, there is another one
string(7) "Unknown"
string(6) "stream"
bool(true)
Pong
without its manager
bool(false)
string(6) "stream"
bool(true)
and no descriptors are left behind
int(0)
