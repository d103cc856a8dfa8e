<?php

declare(strict_types=1);

// A worker that listens, and serves /metrics, /healthz and /readyz.
//
//   AMI_HOST=192.0.2.1 AMI_USERNAME=dialer AMI_SECRET=... AMI_HTTP_LISTEN=127.0.0.1:9238 php examples/metrics.php
//   curl http://127.0.0.1:9238/readyz

namespace Apn\AmiClient\Examples;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Http\Endpoint;
use Apn\AmiClient\Http\ListenException;
use Apn\AmiClient\Worker\Listener;

require __DIR__ . '/manager.php';

$manager = manager();
$calls = 0;
$manager->onEvent('Hangup', static function (AmiEvent $event) use (&$calls): void {
    $calls++;
});

$endpoint = Endpoint::fromEnvironment($manager) ?? new Endpoint($manager);
try {
    $endpoint->open();
} catch (ListenException $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
echo "metrics are at http://{$endpoint->address()}/metrics\n";

$outcome = new Listener($manager)->serve($endpoint)->run();
echo "stopped by {$outcome->reason->value} after $outcome->ticks ticks and $calls calls\n";
