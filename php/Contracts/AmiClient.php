<?php

declare(strict_types=1);

namespace Apn\AmiClient\Contracts;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\EventFilter;

/**
 * One server.
 */
interface AmiClient extends ActionSender
{
    public function serverKey(): string;

    /** @phpstan-impure ticks change it */
    public function state(): ConnectionState;

    /**
     * @phpstan-impure
     *
     * @return array<string, mixed> the shape that {@see \Apn\AmiClient\AmiClient::health()} documents
     */
    public function health(): array;

    /**
     * The version of Asterisk, once its session told it.
     *
     * @phpstan-impure
     */
    public function asteriskVersion(): ?string;

    /**
     * The version of the protocol, from the server's greeting.
     *
     * @phpstan-impure
     */
    public function amiVersion(): ?string;

    /** Begins to connect, without waiting. */
    public function open(): void;

    /** Says goodbye in the ticks that follow. */
    public function close(): void;

    /**
     * Waits until actions can be sent.
     *
     * @throws AmiException where that did not come about in time, or cannot any more
     */
    public function waitUntilReady(int $timeoutMs = 10000): static;

    /**
     * @param string $name the name of the event, case-insensitive
     * @param callable(AmiEvent): mixed $listener
     * @param EventFilter|array<string, string|list<string>>|null $filter values that headers must have, or a decision
     * @param int $priority higher ones are called first
     */
    public function onEvent(string $name, callable $listener, EventFilter|array|null $filter = null, int $priority = 0): Subscription;

    /**
     * @param callable(AmiEvent): mixed $listener
     * @param EventFilter|array<string, string|list<string>>|null $filter
     */
    public function onAnyEvent(callable $listener, EventFilter|array|null $filter = null, int $priority = 0): Subscription;
}
