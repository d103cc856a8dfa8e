--TEST--
Past memory_limit every server gets its goodbye, the application is told why, and nothing is sent or opened any more
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

const LIMIT = 64 * 1024 * 1024;
$simulator = new Simulator(2);
$records = new Records();
$manager = $simulator->ready(['memory_limit' => LIMIT], ['auth' => 'plain'], logger: $records);
var_dump($manager->shutdownReason(), $manager->tickAll()->stopping, $manager->metrics()['process']['memory_bytes'] > 0);

$leak = str_repeat('x', LIMIT);
$last = $manager->server('pbx1')->send(new GenericAction('Ping'));
for ($until = microtime(true) + 10; ($summary = $manager->tickAll(50))->stopping === null && microtime(true) < $until;);
echo preg_replace('/\d+/', 'N', $summary->stopping), "\n";
var_dump($manager->shutdownReason() === $summary->stopping);
while (array_filter($manager->health(), fn (array $health): bool => $health['state'] !== ConnectionState::Disconnected)) {
    $manager->tickAll(50);
}
echo $last->response()->get('Ping'), "\n";
foreach (['pbx1', 'pbx2'] as $node) {
    // Login, what was sent, Logoff.
    echo $node, ': ', $simulator->count($node, 'actions'), ' actions, ', $simulator->count($node, 'connections_open'), " connections\n";
}

foreach ([
    'send' => fn () => $manager->server('pbx2')->send(new GenericAction('Ping')),
    'call' => fn () => $manager->server('pbx2')->call(new GenericAction('Ping')),
    'open' => fn () => $manager->server('pbx2')->open(),
    'waitUntilReady' => fn () => $manager->server('pbx2')->waitUntilReady(),
    'routed send' => fn () => $manager->send(new GenericAction('Ping')),
    'select' => fn () => $manager->select(),
    'connectAll' => fn () => $manager->connectAll(),
    'addServer' => fn () => $manager->addServer(new ServerConfig('pbx3', '127.0.0.1', 'u', 's')),
] as $what => $refused) {
    try {
        $refused();
        echo "$what: not refused\n";
    } catch (BackpressureException $e) {
        echo $what, ': ', $e->limitName(), ' ', $e->limit() === LIMIT ? 'limit' : $e->limit(), ' ', $e->current() > LIMIT ? 'over' : $e->current(), "\n";
    }
}
unset($leak);
var_dump($manager->tickAll(0)->stopping === $summary->stopping, $manager->nextTimerMs());
foreach ($records->of('memory_limit is exceeded: the client shuts down') as $context) {
    $held = $context['event_bytes'] + $context['answer_bytes'] + $context['unwritten_bytes'] + $context['parser_bytes'];
    var_dump($context['server_key'], $context['memory_limit'] === LIMIT, $context['memory'] > LIMIT, $context['client_bytes'] === $held);
}
?>
--EXPECT--
NULL
NULL
bool(true)
memory_limit: the process uses N bytes, and N are allowed; the client shuts down
bool(true)
Pong
pbx1: 3 actions, 0 connections
pbx2: 2 actions, 0 connections
send: memory_limit limit over
call: memory_limit limit over
open: memory_limit limit over
waitUntilReady: memory_limit limit over
routed send: memory_limit limit over
select: memory_limit limit over
connectAll: memory_limit limit over
addServer: memory_limit limit over
bool(true)
NULL
NULL
bool(true)
bool(true)
bool(true)
