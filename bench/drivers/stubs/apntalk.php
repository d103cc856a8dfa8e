<?php

declare(strict_types=1);

// For PHPStan, which never sees the peers: what the drivers use of apntalk/ami-client, and no more. Never loaded. Written from
// its documentation.

namespace Apn\AmiClient\Cluster;

use Apn\AmiClient\Core\Contracts\AmiClientInterface;
use Apn\AmiClient\Core\TickSummary;
use Apn\AmiClient\Events\AmiEvent;
use Psr\Log\LoggerInterface;

final class ConfigLoader
{
    /** @param array<string, mixed> $config */
    public static function load(array $config, ?LoggerInterface $logger = null): AmiClientManager {}
}

class AmiClientManager
{
    /** @param callable(AmiEvent): void $listener */
    public function onEvent(string $eventName, callable $listener): void {}

    public function connectAll(): void {}

    public function default(): AmiClientInterface {}

    public function tickAll(int $timeoutMs = 0): TickSummary {}

    public function terminate(): void {}
}

namespace Apn\AmiClient\Core;

final class TickSummary
{
    public int $eventsDispatched;
}

namespace Apn\AmiClient\Core\Contracts;

use Apn\AmiClient\Correlation\PendingAction;
use Apn\AmiClient\Health\HealthStatus;
use Apn\AmiClient\Protocol\Ping;

interface AmiClientInterface
{
    public function send(Ping $action): PendingAction;

    public function getHealthStatus(): HealthStatus;
}

namespace Apn\AmiClient\Correlation;

class PendingAction
{
    /** @param callable(?\Throwable): void $callback */
    public function onComplete(callable $callback): void {}
}

namespace Apn\AmiClient\Health;

enum HealthStatus
{
    case AUTHENTICATING;
    case READY;
}

namespace Apn\AmiClient\Protocol;

class Ping {}

class Event
{
    /** @return array<string, string|list<string>> */
    public function getHeaders(): array {}
}

namespace Apn\AmiClient\Events;

use Apn\AmiClient\Protocol\Event;

class AmiEvent
{
    public Event $event;

    /** A list where a header repeats, too; those that the driver asks for do not. */
    public function getHeader(string $key): ?string {}
}
