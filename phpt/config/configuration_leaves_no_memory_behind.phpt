--TEST--
Configuring, and being refused, leaves no memory behind
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/helper.inc';

function round(): void
{
    $options = ClientOptions::fromArray(['allowed_events' => ['A', 'B'], 'read_timeout' => '3']);
    $options->toArray();
    $registry = ServerRegistry::fromArray(['a' => settings(['options' => $options]), 'b' => settings(['options' => ['read_timeout' => 3]])], 'b');
    $registry->add(new ServerConfig('c', '192.0.2.1', 'u', 's', events: ['call'], options: $options));
    $registry->get('c')->options->allowedEvents;
    $registry->keys();
    $registry->default();
    foreach ([fn () => $registry->get('x'), fn () => $registry->add($registry->get('c')), fn () => new ServerConfig('c', '', 'u', 's'),
        fn () => new ClientOptions(lazy: 'x'), fn () => $options->__construct(), fn () => clone $options] as $attempt) {
        try {
            $attempt();
        } catch (\Throwable $e) {
            $e->getMessage();
        }
    }
}

for ($i = 0; $i < 200; $i++) {
    round();
}
$before = memory_get_usage();
for ($i = 0; $i < 2000; $i++) {
    round();
}
var_dump(memory_get_usage() - $before);
?>
--EXPECT--
int(0)
