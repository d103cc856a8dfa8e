<?php

declare(strict_types=1);

namespace Apn\AmiClient\Contracts;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\EventFilter;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\RoutingStrategy;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\TickSummary;

/**
 * Many servers: what applications ask for, and what fakes implement.
 *
 * Three things are behind it: the extension in this process ({@see \Apn\AmiClient\Native\NativeManager}), a listener process
 * that owns the connections ({@see \Apn\AmiClient\Gateway\GatewayManager}), or a fake of a test
 * ({@see \Apn\AmiClient\Testing\FakeManager}).
 */
interface AmiClientManager extends ActionSender
{
    /** @throws InvalidConfigurationException where there is no such server */
    public function server(string $key): AmiClient;

    public function default(): AmiClient;

    /**
     * @phpstan-impure
     *
     * @return list<string> the keys of all servers
     */
    public function serverKeys(): array;

    /** The server that the next action would go to. */
    public function select(): AmiClient;

    public function routing(RoutingStrategy $strategy): static;

    public function addServer(#[\SensitiveParameter] ServerConfig $server): AmiClient;

    /** @return bool whether there was one */
    public function removeServer(string $key): bool;

    /**
     * @phpstan-impure
     *
     * @return array<string, ConnectionState> by server
     */
    public function states(): array;

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

    /** @param callable(ConnectionGap): mixed $listener hears of each time in which events of a server were missed */
    public function onGap(callable $listener): static;

    /** Begins to connect all servers, without waiting. */
    public function connectAll(): void;

    /** @param int $timeoutMs most milliseconds to wait for something to do, 0 to 250 */
    public function tickAll(int $timeoutMs = 0): TickSummary;

    /**
     * @phpstan-impure
     *
     * @return array<string, array<string, mixed>> by server, in the shape that {@see \Apn\AmiClient\AmiClientManager::health()} documents
     */
    public function health(): array;

    /**
     * @phpstan-impure
     *
     * @return array<string, mixed> the shape that {@see \Apn\AmiClient\AmiClientManager::clusterHealth()} documents
     */
    public function clusterHealth(): array;

    /**
     * @phpstan-impure
     *
     * @return array<string, mixed> the shape that {@see \Apn\AmiClient\AmiClientManager::metrics()} documents
     */
    public function metrics(): array;

    public function prometheus(bool $openMetrics = false): string;

    /** Says goodbye to all servers, in the ticks that follow. */
    public function close(): void;

    /** Cuts all connections at once. */
    public function terminate(): void;
}
