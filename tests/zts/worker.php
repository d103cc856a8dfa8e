<?php

declare(strict_types=1);

// What each thread of threads.c does, with its own server: connect, call, listen, be signalled, be refused, leave. One line says how it went.

use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\InvalidConfigurationException;

const EVENTS = 40;
const CALLS = 50;

$manager = AmiClientManager::fromConfig([
    'servers' => [$key => ['host' => '127.0.0.1', 'port' => $port, 'username' => 'dialer', 'secret' => 's3cret']],
    // Inline and by a thread of its own, in turn.
    'options' => ['io' => $round % 2 === 0 ? 'background' : 'inline'],
]);

$events = $strangers = $signals = 0;
$last = [];
$manager->onAnyEvent(function (AmiEvent $event) use (&$events, &$strangers, &$last, $key): void {
    $events++;
    $strangers += (int) ($event->serverKey !== $key);
    $last[$event->name] = $event->headers;
});
// Not one of those that PHP manages: a debug build would complain in a thread that ends while another one has it, as a handler is
// the process's.
$manager->registerSignalHandlers(function () use (&$signals): void {
    $signals++;
}, [SIGWINCH]);

$client = $manager->server($key)->waitUntilReady(30_000);
for ($call = 0; $call < CALLS; $call++) {
    $pong = $client->call(new GenericAction('Ping'), 30_000);
    $strangers += (int) ($pong->serverKey !== $key || $pong->get('Ping') !== 'Pong');
}

$refused = [];
try {
    $client->call(new GenericAction('NoSuchAction'), 30_000);
} catch (ActionErrorResponseException $e) {
    $refused[] = $e->serverKey();
}
try {
    new ClientOptions(connectTimeout: -1.0);
} catch (InvalidConfigurationException $e) {
    $refused[] = $e->key();
}

posix_kill(getmypid(), SIGWINCH);
$wait = function (callable $until) use ($manager): void {
    for ($end = microtime(true) + 30; !$until() && microtime(true) < $end;) {
        $manager->tickAll(100);
    }
};
$wait(function () use (&$signals, &$events): bool {
    return $signals > 0 && $events >= EVENTS;
});
$manager->close();
$wait(fn(): bool => $client->state() === ConnectionState::Disconnected);

printf(
    "%d %s: %s, %s, %d of others, refused: %s, %s\n",
    $round,
    $key,
    $events >= EVENTS ? 'events' : "{$events} events",
    $signals > 0 ? 'signals' : 'no signal',
    $strangers,
    implode(' and ', $refused),
    $client->state()->name,
);
