<?php

declare(strict_types=1);

// A listener that serves the gateway, as `ami:listen` is one. Argument: JSON with `redis` (port), `driver`, `servers`.

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Gateway\AllowList;
use Apn\AmiClient\Gateway\RedisBroker;
use Apn\AmiClient\Gateway\Seal;
use Apn\AmiClient\Gateway\Server;
use Apn\AmiClient\Tests\Gateway\Support\Connections;
use Apn\AmiClient\Tests\Gateway\Support\InMemory;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;

require dirname(__DIR__, 3) . '/bootstrap.php';

$arguments = json_decode($argv[1] ?? '', true);
assert(is_array($arguments) && is_int($arguments['redis']) && is_string($arguments['driver']) && is_array($arguments['servers']));
$broker = new RedisBroker(Connections::to($arguments['redis'], $arguments['driver'], 0.3, 0.0), 'gateway:');
$server = new Server($broker, new Seal(InMemory::KEY), new AllowList(['*']));
/** @var array<string, array<string, mixed>> $servers */
$servers = $arguments['servers'];
$parent = posix_getppid();
$listener = new Listener(AmiClientManager::fromConfig(['servers' => $servers]), new Limits(seconds: 120.0));
$outcome = $listener
    ->with($server)
    ->stopWhen(static fn(): bool => posix_getppid() !== $parent)
    ->run();
fwrite(STDOUT, json_encode(['reason' => $outcome->reason->value, 'orderly' => $outcome->isOrderly(), 'stats' => $server->stats()], JSON_THROW_ON_ERROR) . "\n");
