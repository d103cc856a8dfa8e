<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\AmiClient;
use Apn\AmiClient\Contracts\Subscription;
use Apn\AmiClient\EventFilter;
use Apn\AmiClient\InvalidConnectionStateException;

/** One server, through the listener that has it. */
final readonly class GatewayClient implements AmiClient
{
    /** Between two questions of waitUntilReady(): listeners say how they are once a second. */
    private const int ASK_MS = 100;

    /** @internal */
    public function __construct(private string $key, private Sender $sender) {}

    public function send(Action $action): GatewayPendingAction
    {
        return $this->sender->send($this->key, $action);
    }

    /** No listener takes it any more once the time is over: what was not carried out by then never is. */
    public function call(Action $action, int $timeoutMs = 10000): AmiResponse
    {
        return $this->sender->call($this->key, $action, $timeoutMs);
    }

    public function serverKey(): string
    {
        return $this->key;
    }

    /** What the listener said a second ago at most; Disconnected where none says anything of this server. */
    public function state(): ConnectionState
    {
        return $this->report()->state ?? ConnectionState::Disconnected;
    }

    /** @throws GatewayUnavailableException where no listener says anything of this server */
    public function health(): array
    {
        return $this->report()->health ?? throw Exceptions::with(
            new GatewayUnavailableException("no listener says anything of the server $this->key; does `ami:listen` run, with gateway.enabled?"),
            ['serverKey' => $this->key],
        );
    }

    public function asteriskVersion(): ?string
    {
        return $this->report()?->asteriskVersion;
    }

    public function amiVersion(): ?string
    {
        return $this->report()?->amiVersion;
    }

    public function open(): never
    {
        throw NotThroughGatewayException::of('open', 'the listener keeps its connections open by itself; waitUntilReady() waits for that');
    }

    public function close(): never
    {
        throw NotThroughGatewayException::of('close', 'the connection is the listener\'s, and shared; `php artisan ami:restart` ends it');
    }

    public function waitUntilReady(int $timeoutMs = 10000): static
    {
        if ($timeoutMs < 0) {
            throw Exceptions::invalid('timeoutMs', $timeoutMs, "timeoutMs: $timeoutMs is negative");
        }
        $until = hrtime(true) + $timeoutMs * 1_000_000;
        for (;;) {
            $state = $this->state();
            if ($state === ConnectionState::Ready) {
                return $this;
            }
            $left = (int) ceil(($until - hrtime(true)) / 1e6);
            if ($left <= 0) {
                throw Exceptions::with(
                    new InvalidConnectionStateException("the listener's connection to $this->key was not ready within $timeoutMs ms: it is $state->value"),
                    ['serverKey' => $this->key, 'state' => $state],
                );
            }
            usleep(min($left, self::ASK_MS) * 1000);
        }
    }

    public function onEvent(string $name, callable $listener, EventFilter|array|null $filter = null, int $priority = 0): Subscription
    {
        throw NotThroughGatewayException::of('onEvent', GatewayManager::EVENTS);
    }

    public function onAnyEvent(callable $listener, EventFilter|array|null $filter = null, int $priority = 0): Subscription
    {
        throw NotThroughGatewayException::of('onAnyEvent', GatewayManager::EVENTS);
    }

    private function report(): ?ServerReport
    {
        return $this->sender->reports()[$this->key] ?? null;
    }
}
