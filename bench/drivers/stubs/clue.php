<?php

declare(strict_types=1);

// For PHPStan, which never sees the peers: what the drivers use of clue/ami-react and of react/promise, and no more. Never
// loaded. Written from their documentation.

namespace Clue\React\Ami;

use Clue\React\Ami\Protocol\Response;
use React\Promise\PromiseInterface;

class Factory
{
    /** @return PromiseInterface<Client> */
    public function createClient(string $url): PromiseInterface {}
}

class Client
{
    public function on(string $event, callable $listener): void {}

    public function close(): void {}
}

class ActionSender
{
    public function __construct(Client $client) {}

    /** @return PromiseInterface<Response> */
    public function login(string $username, string $secret, ?bool $events = null): PromiseInterface {}

    /** @return PromiseInterface<Response> */
    public function ping(): PromiseInterface {}
}

namespace Clue\React\Ami\Protocol;

class Response {}

class Event
{
    public function getFieldValue(string $key): ?string {}

    /** @return array<string, string|list<string>> */
    public function getFields(): array {}
}

namespace React\Promise;

/** @template-covariant T */
interface PromiseInterface
{
    /**
     * @param (callable(T): mixed)|null $onFulfilled
     * @param (callable(\Throwable): mixed)|null $onRejected
     *
     * @return PromiseInterface<mixed>
     */
    public function then(?callable $onFulfilled = null, ?callable $onRejected = null): PromiseInterface;
}
