--TEST--
A ServerRegistry keeps its servers by key and in order, one of them the default
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/helper.inc';

$a = ServerConfig::fromArray('a', settings());
$b = ServerConfig::fromArray('b', settings());
$registry = new ServerRegistry(['any' => $b]);
var_dump($registry->add($a) === $registry, count($registry), $registry->keys() === ['b', 'a'], $registry->default());
var_dump($registry->get('a') === $a, $registry->has('a'), $registry->has('c'), $registry->has("\xff"));
var_dump((new ServerRegistry([$a, $b], 'b'))->default(), (new ServerRegistry())->count(), $registry instanceof \Countable);

$options = new ClientOptions(readTimeout: 3);
$read = ServerRegistry::fromArray(['x' => settings(['options' => $options]), '7' => settings(['options' => ['read_timeout' => 3]])], default: '7');
var_dump($read->keys() === ['x', '7'], $read->default(), $read->get('x')->options === $options, $read->get('7')->options == $options, $read->get('x') === $read->get('x'));
?>
--EXPECT--
bool(true)
int(2)
bool(true)
string(1) "b"
bool(true)
bool(true)
bool(false)
bool(false)
string(1) "b"
int(0)
bool(true)
bool(true)
string(1) "7"
bool(true)
bool(true)
bool(true)
