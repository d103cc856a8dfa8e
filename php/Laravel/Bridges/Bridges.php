<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridges;

use Apn\AmiClient\Bridge\EventBridge;
use Apn\AmiClient\Bridge\Outbox;
use Apn\AmiClient\Bridge\Target;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\BridgeConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Redis\RedisConnector;
use Apn\AmiClient\Laravel\Redis\RedisLink;
use Illuminate\Container\Container;
use Illuminate\Contracts\Broadcasting\Factory as Broadcasting;
use Illuminate\Contracts\Cache\Repository as Cache;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Contracts\Queue\Factory as Queues;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Log\LogManager;
use Illuminate\Redis\Connections\Connection;
use Psr\Log\LoggerInterface;

/**
 * The bridges that are on, as services of a worker: an entry of the tag `ami-client.services`.
 *
 * @implements \IteratorAggregate<int, EventBridge>
 */
final readonly class Bridges implements \IteratorAggregate
{
    public function __construct(private Container $container, private AmiConfig $config) {}

    public function getIterator(): \Iterator
    {
        foreach ($this->config->bridges->enabled as $name => $bridge) {
            yield $this->bridge($bridge, $this->target($name), $name === 'redis' || $name === 'streams');
        }
    }

    /**
     * Where the bridge of that name hands events on to, as it is configured.
     *
     * @throws InvalidSettingException where a class that is named for an event cannot be used
     */
    public function target(string $name): Target
    {
        $bridges = $this->config->bridges;

        return match ($name) {
            'events' => new LaravelEvents($this->container->make(Dispatcher::class), new ClassMap($bridges->events), $this->container),
            'jobs' => new Jobs(
                $this->container,
                $this->container->make(Queues::class),
                new ClassMap($bridges->jobs->bridge, ShouldQueue::class),
                $bridges->jobs,
                fn(): Cache => $this->container->make(Cache::class),
            ),
            'redis' => new RedisPublish($this->redis($bridges->redis->connection, $bridges->redis->timeoutMs), $bridges->redis->channel),
            'streams' => new RedisStreams($this->redis($bridges->streams->connection, $bridges->streams->timeoutMs), $bridges->streams->stream, $bridges->streams->maxLength),
            'broadcast' => new Broadcast($this->container->make(Broadcasting::class), $this->container->make(Queues::class), $bridges->broadcast),
            default => throw new \LogicException("no such bridge: $name"),
        };
    }

    /** @param bool $tellsLosses whether gaps and drops are handed on where they are not named, too */
    private function bridge(BridgeConfig $config, Target $target, bool $tellsLosses): EventBridge
    {
        $names = $config->names ?? throw new \LogicException("$config->path has no events");
        $outbox = new Outbox($config->name, $target, $config->outbox, $tellsLosses || $names->match('EventsDropped'), $this->logger());

        return new EventBridge($config->name, $names, $outbox, $tellsLosses || $names->match('ConnectionGap'));
    }

    private function redis(?string $connection, int $timeoutMs): RedisLink
    {
        $connector = $this->container->make(RedisConnector::class);

        return new RedisLink(static fn(): Connection => $connector->open($connection, $timeoutMs / 1e3, $timeoutMs / 1e3));
    }

    private function logger(): LoggerInterface
    {
        $log = $this->container->make(LoggerInterface::class);

        return $log instanceof LogManager ? $log->channel($this->config->logChannel) : $log;
    }
}
