<?php

declare(strict_types=1);

// For PHPStan, which never sees the peers: what the drivers use of marcelog/pami, and no more. Never loaded. Written from its
// documentation.

namespace PAMI\Client\Impl;

use PAMI\Message\Action\PingAction;
use PAMI\Message\Event\EventMessage;

class ClientImpl
{
    /** @param array<string, string|int> $options */
    public function __construct(array $options) {}

    /** @param \Closure(EventMessage): void $listener */
    public function registerEventListener(\Closure $listener): string {}

    public function open(): void {}

    public function process(): void {}

    public function send(PingAction $message): object {}

    public function close(): void {}
}

namespace PAMI\Message\Action;

class PingAction {}

namespace PAMI\Message\Event;

abstract class EventMessage
{
    public function getKey(string $key): ?string {}

    /** @return array<string, string> */
    public function getKeys(): array {}
}
