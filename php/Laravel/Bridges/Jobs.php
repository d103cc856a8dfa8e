<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridges;

use Apn\AmiClient\Bridge\RejectedPayloadException;
use Apn\AmiClient\Bridge\Target;
use Apn\AmiClient\Laravel\Config\JobsConfig;
use Illuminate\Bus\Dispatcher;
use Illuminate\Bus\UniqueLock;
use Illuminate\Contracts\Cache\Repository as Cache;
use Illuminate\Contracts\Container\Container;
use Illuminate\Contracts\Queue\Factory as Queues;
use Illuminate\Contracts\Queue\Queue;
use Illuminate\Contracts\Queue\ShouldBeUnique;
use Illuminate\Queue\InvalidPayloadException;
use Illuminate\Queue\SyncQueue;

/**
 * Queues a job for each event, made with its payload. Where the queue is not to be had, it is tried again; what a job itself throws that
 * runs at once, for its connection is `sync`, is not.
 */
final class Jobs implements Target
{
    /** By name: Laravel 12 has neither. */
    private const string CONNECTION = 'Illuminate\Queue\Attributes\Connection';

    private const string QUEUE = 'Illuminate\Queue\Attributes\Queue';

    /** The framework's own, but for that it says which queue it takes: properties, attributes and routes of the application have a say. */
    private readonly Dispatcher $dispatcher;

    /** Whether the job that is being dispatched does not wait in a queue. */
    private bool $runsAtOnce = false;

    /** @param \Closure(): Cache $cache asked for unique jobs only */
    public function __construct(
        Container $container,
        Queues $queues,
        private readonly ClassMap $classes,
        private readonly JobsConfig $config,
        private readonly \Closure $cache,
    ) {
        $this->dispatcher = new Dispatcher($container, function (?string $connection = null) use ($queues): Queue {
            $queue = $queues->connection($connection);
            $this->runsAtOnce = $queue instanceof SyncQueue;

            return $queue;
        });
    }

    public function deliver(array $payloads): int
    {
        [$payload] = $payloads;
        try {
            $job = $this->classes->make($payload);
        } catch (\Throwable $thrown) {
            throw new RejectedPayloadException($payload, $thrown);
        }
        if ($job === null) {
            return 1;
        }
        $this->settle($job);

        // Of unique jobs only one is to wait: what the helper dispatch() sees to, and the dispatcher does not.
        $lock = $job instanceof ShouldBeUnique ? new UniqueLock(($this->cache)()) : null;
        if ($lock?->acquire($job) === false) {
            return 1;
        }
        $this->runsAtOnce = false;
        try {
            $this->dispatcher->dispatchToQueue($job);
        } catch (\Throwable $thrown) {
            $lock?->release($job);
            throw $thrown instanceof InvalidPayloadException || $this->ranAtOnce() ? new RejectedPayloadException($payload, $thrown) : $thrown;
        }

        return 1;
    }

    /** @phpstan-impure the dispatcher finds out */
    private function ranAtOnce(): bool
    {
        return $this->runsAtOnce;
    }

    /** What the job says itself, by a property or an attribute, goes over the configuration. */
    private function settle(object $job): void
    {
        if ($this->config->connection !== null && !isset($job->connection) && method_exists($job, 'onConnection') && !self::hasAttribute($job, self::CONNECTION)) {
            $job->onConnection($this->config->connection);
        }
        if ($this->config->queue !== null && !isset($job->queue) && method_exists($job, 'onQueue') && !self::hasAttribute($job, self::QUEUE)) {
            $job->onQueue($this->config->queue);
        }
    }

    /** Where the framework looks for it, too: its class, the traits of that, and its parents. */
    private static function hasAttribute(object $job, string $attribute): bool
    {
        for ($class = new \ReflectionClass($job); $class !== false; $class = $class->getParentClass()) {
            foreach ([$class, ...$class->getTraits()] as $one) {
                if ($one->getAttributes($attribute) !== []) {
                    return true;
                }
            }
        }

        return false;
    }
}
