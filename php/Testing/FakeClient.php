<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\AmiClient;
use Apn\AmiClient\EventFilter;

/** One server of a fake. Made by FakeManager. */
final readonly class FakeClient implements AmiClient
{
    /** @internal */
    public function __construct(private FakeNetwork $network, private string $key) {}

    public function send(Action $action): FakePendingAction
    {
        return $this->network->send($this->server(), $action);
    }

    public function call(Action $action, int $timeoutMs = 10000): AmiResponse
    {
        $this->network->checkNotTicking();
        $untilMs = $this->network->deadline($timeoutMs);
        if (!$this->server()->isUsable()) {
            $this->waitUntilReady($timeoutMs);
        }

        return $this->send($action)->await($this->network->leftMs($untilMs));
    }

    public function serverKey(): string
    {
        return $this->key;
    }

    /** @phpstan-impure */
    public function state(): ConnectionState
    {
        return $this->network->has($this->key) ? $this->server()->state : ConnectionState::Disconnected;
    }

    public function health(): array
    {
        return $this->server()->health();
    }

    public function asteriskVersion(): ?string
    {
        $server = $this->server();

        return $server->isUsable() ? $server->asteriskVersion : null;
    }

    public function amiVersion(): ?string
    {
        return $this->server()->sessions === 0 ? null : '11.0.0';
    }

    public function open(): void
    {
        $this->network->open($this->server());
    }

    public function close(): void
    {
        $this->network->close($this->server());
    }

    public function waitUntilReady(int $timeoutMs = 10000): static
    {
        $this->network->checkNotTicking();
        $untilMs = $this->network->deadline($timeoutMs);
        $server = $this->server();
        if ($server->state === ConnectionState::Disconnected) {
            $this->network->open($server);
        }
        $isDecided = static fn(): bool => $server->isUsable()
            || $server->state === ConnectionState::Fatal
            || ($server->state === ConnectionState::Reconnecting && $server->lastReason === 'login_refused');
        $this->network->tickUntil($isDecided, static fn(): int => $untilMs);
        if (!$server->isUsable()) {
            throw $server->loss();
        }

        return $this;
    }

    public function onEvent(string $name, callable $listener, EventFilter|array|null $filter = null, int $priority = 0): FakeSubscription
    {
        return $this->network->telling->listeners->add($name, $this->server()->key, $listener, $filter, $priority);
    }

    public function onAnyEvent(callable $listener, EventFilter|array|null $filter = null, int $priority = 0): FakeSubscription
    {
        return $this->network->telling->listeners->add(null, $this->server()->key, $listener, $filter, $priority);
    }

    private function server(): FakeServer
    {
        return $this->network->present($this->key);
    }
}
