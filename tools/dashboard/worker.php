<?php

declare(strict_types=1);

// The worker of the scene: listens to three nodes, not very fast, asks each of them something, and serves its metrics.

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Http\Endpoint;
use Apn\AmiClient\Worker\Listener;

require \dirname(__DIR__, 2) . '/tests/bootstrap.php';

/** @var array<string, int> $nodes ports by name */
$nodes = json_decode((string) getenv('NODES'), true, flags: JSON_THROW_ON_ERROR);
$manager = AmiClientManager::fromConfig([
    'servers' => array_map(static fn(int $port): array => ['host' => '127.0.0.1', 'port' => $port, 'username' => 'dialer', 'secret' => 's3cret'], $nodes),
    'options' => ['heartbeat_interval' => 4, 'auth_timeout' => 3, 'backoff_max_ms' => 8_000, 'circuit_cooldown' => 10, 'event_queue_capacity' => 2_000, 'max_events_per_tick' => 200],
]);
$manager->onAnyEvent(static function (): void {
    usleep(200);
});
$asked = 0.0;
$ask = static function () use ($manager, &$asked): void {
    if (microtime(true) - $asked < 0.2) {
        return;
    }
    $asked = microtime(true);
    foreach ($manager->health() as $key => $health) {
        if ($health['state']->value === 'ready' && $health['pending_actions'] < 50) {
            $manager->server($key)->send(new GenericAction('CoreStatus'));
        }
    }
};
$listener = new Listener($manager, tickTimeoutMs: 50)->onTick($ask);
$listener->serve(new Endpoint($manager, (string) getenv('AMI_HTTP_LISTEN')))->run();
