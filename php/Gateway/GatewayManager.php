<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\AmiClient;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Contracts\Subscription;
use Apn\AmiClient\EventFilter;
use Apn\AmiClient\RoutingStrategy;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\TickSummary;

/**
 * All servers, through the listeners that have them: this process opens no connection to any.
 *
 * Actions are sent, and answers are awaited. Events, ticks and connections are the listeners' affair: what is about these throws
 * NotThroughGatewayException, which says where it belongs.
 */
final readonly class GatewayManager implements AmiClientManager
{
    /** @internal */
    public const string EVENTS = 'events are heard in `ami:listen`; its bridges bring them here as events, jobs or streams';

    private const string TICKS = 'there is nothing to tick in this process; await() waits for an answer';

    private const string SERVERS = 'listeners have the servers of their configuration; change it there, and restart them by `php artisan ami:restart`';

    private const string CONNECTIONS = 'the connections are the listener\'s, and shared; `php artisan ami:restart` ends them, and its supervisor opens them again';

    private const string METRICS = 'metrics are the listener\'s: its HTTP endpoint (listen.http) has them, and health() is here';

    /** @var non-empty-list<string> */
    private array $serverKeys;

    private string $default;

    /**
     * @param array<array-key, string> $serverKeys of the configuration, which listeners share
     * @param string|null $default null for the first
     */
    public function __construct(private Sender $sender, array $serverKeys, ?string $default = null)
    {
        if ($serverKeys === []) {
            throw Exceptions::invalid('servers', null, 'servers: there is none');
        }
        $this->serverKeys = array_values($serverKeys);
        $this->default = $default ?? $this->serverKeys[0];
    }

    /** To a server that the listener's routing strategy chooses, of those that this listener has. */
    public function send(Action $action): GatewayPendingAction
    {
        return $this->sender->send('', $action);
    }

    /** No listener takes it any more once the time is over: what was not carried out by then never is. */
    public function call(Action $action, int $timeoutMs = 10000): AmiResponse
    {
        return $this->sender->call('', $action, $timeoutMs);
    }

    public function server(string $key): GatewayClient
    {
        if (!\in_array($key, $this->serverKeys, true)) {
            throw Exceptions::invalid('key', $key, "key: there is no server \"$key\"; there are: " . implode(', ', $this->serverKeys));
        }

        return new GatewayClient($key, $this->sender);
    }

    public function default(): GatewayClient
    {
        return $this->server($this->default);
    }

    public function serverKeys(): array
    {
        return $this->serverKeys;
    }

    public function select(): AmiClient
    {
        throw NotThroughGatewayException::of('select', 'the listener chooses when it takes an action; send() to the manager, or to server($key)');
    }

    public function routing(RoutingStrategy $strategy): static
    {
        throw NotThroughGatewayException::of('routing', 'the listener chooses; bind a RoutingStrategy in the container, and `ami:listen` takes it');
    }

    public function addServer(#[\SensitiveParameter] ServerConfig $server): AmiClient
    {
        throw NotThroughGatewayException::of('addServer', self::SERVERS);
    }

    public function removeServer(string $key): bool
    {
        throw NotThroughGatewayException::of('removeServer', self::SERVERS);
    }

    /**
     * As the listeners said a second ago at most; a server of which none says anything is Disconnected.
     *
     * @throws GatewayUnavailableException where Redis cannot be asked
     */
    public function states(): array
    {
        $reports = $this->sender->reports();
        $states = [];
        foreach ($this->serverKeys as $key) {
            $states[$key] = $reports[$key]->state ?? ConnectionState::Disconnected;
        }

        return $states;
    }

    public function onEvent(string $name, callable $listener, EventFilter|array|null $filter = null, int $priority = 0): Subscription
    {
        throw NotThroughGatewayException::of('onEvent', self::EVENTS);
    }

    public function onAnyEvent(callable $listener, EventFilter|array|null $filter = null, int $priority = 0): Subscription
    {
        throw NotThroughGatewayException::of('onAnyEvent', self::EVENTS);
    }

    public function onGap(callable $listener): static
    {
        throw NotThroughGatewayException::of('onGap', self::EVENTS);
    }

    public function connectAll(): void
    {
        throw NotThroughGatewayException::of('connectAll', 'the listener connects by itself; waitUntilReady() of a server waits for that');
    }

    public function tickAll(int $timeoutMs = 0): TickSummary
    {
        throw NotThroughGatewayException::of('tickAll', self::TICKS);
    }

    /**
     * Of those servers of which a listener says something.
     *
     * @throws GatewayUnavailableException where Redis cannot be asked
     */
    public function health(): array
    {
        return array_intersect_key(
            array_map(static fn(ServerReport $report): array => $report->health, $this->sender->reports()),
            array_flip($this->serverKeys),
        );
    }

    /** @throws GatewayUnavailableException where Redis cannot be asked */
    public function clusterHealth(): array
    {
        return ClusterHealth::of($this->states(), $this->health());
    }

    public function metrics(): array
    {
        throw NotThroughGatewayException::of('metrics', self::METRICS);
    }

    public function prometheus(bool $openMetrics = false): string
    {
        throw NotThroughGatewayException::of('prometheus', self::METRICS);
    }

    public function close(): void
    {
        throw NotThroughGatewayException::of('close', self::CONNECTIONS);
    }

    public function terminate(): void
    {
        throw NotThroughGatewayException::of('terminate', self::CONNECTIONS);
    }
}
