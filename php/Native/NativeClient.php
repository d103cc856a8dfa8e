<?php

declare(strict_types=1);

namespace Apn\AmiClient\Native;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\AmiClient as AmiClientContract;
use Apn\AmiClient\EventFilter;

/** A server of the extension, as the contracts have it. */
final readonly class NativeClient implements AmiClientContract
{
    /**
     * @param (\Closure(?NativeSubscription): void)|null $onChange hears of each listener
     * @param int|null $connectMs as for NativeManager
     * @param AmiClientManager|null $manager of this server; where it is known, a session that was ended meanwhile is found out before it is sent on
     */
    public function __construct(
        private AmiClient $native,
        private ?\Closure $onChange = null,
        private ?int $connectMs = null,
        private ?AmiClientManager $manager = null,
    ) {}

    /** The object of the extension, for what is not in the contract. */
    public function native(): AmiClient
    {
        return $this->native;
    }

    public function send(Action $action): NativePendingAction
    {
        if ($this->connectMs !== null && $this->manager !== null) {
            NativeManager::catchUp($this->manager);
        }
        if ($this->connectMs !== null && !\in_array($this->native->state(), [ConnectionState::Ready, ConnectionState::Degraded], true)) {
            $this->native->waitUntilReady($this->connectMs);
        }

        return new NativePendingAction($this->native->send($action));
    }

    /** Opens the connection if need be, and ticks the manager until the answer is there; refused within a tick. */
    public function call(Action $action, int $timeoutMs = 10000): AmiResponse
    {
        return $this->native->call($action, $timeoutMs);
    }

    public function serverKey(): string
    {
        return $this->native->serverKey();
    }

    public function state(): ConnectionState
    {
        return $this->native->state();
    }

    public function health(): array
    {
        return $this->native->health();
    }

    public function asteriskVersion(): ?string
    {
        return $this->native->asteriskVersion();
    }

    public function amiVersion(): ?string
    {
        return $this->native->amiVersion();
    }

    public function open(): void
    {
        $this->native->open();
    }

    public function close(): void
    {
        $this->native->close();
    }

    /** Opens the connection if need be, and ticks the manager; refused within a tick. */
    public function waitUntilReady(int $timeoutMs = 10000): static
    {
        $this->native->waitUntilReady($timeoutMs);

        return $this;
    }

    public function onEvent(string $name, callable $listener, EventFilter|array|null $filter = null, int $priority = 0): NativeSubscription
    {
        return $this->noted(new NativeSubscription($this->native->onEvent($name, $listener, $filter, $priority)));
    }

    public function onAnyEvent(callable $listener, EventFilter|array|null $filter = null, int $priority = 0): NativeSubscription
    {
        return $this->noted(new NativeSubscription($this->native->onAnyEvent($listener, $filter, $priority)));
    }

    private function noted(NativeSubscription $subscription): NativeSubscription
    {
        if ($this->onChange !== null) {
            ($this->onChange)($subscription);
        }

        return $subscription;
    }
}
