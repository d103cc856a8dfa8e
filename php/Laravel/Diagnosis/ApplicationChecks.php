<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Diagnosis;

use Apn\AmiClient\Diagnosis\Finding;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Redis\RedisConnector;
use Apn\AmiClient\Laravel\Redis\RedisLink;
use Apn\AmiClient\Laravel\Status\ListenerStatuses;
use Apn\AmiClient\Worker\WorkerStatus;
use Illuminate\Contracts\Cache\Factory as Caches;
use Illuminate\Contracts\Container\Container;

/** What a listener and the gateway need of the application: Redis, the cache, a listener that runs, actions that are allowed. */
final readonly class ApplicationChecks
{
    /** @param float $seconds most that one step may take */
    public function __construct(private Container $app, private AmiConfig $config, private float $seconds) {}

    /** @return iterable<Finding> */
    public function run(): iterable
    {
        yield from $this->gateway();
        foreach ($this->connections() as $name => $users) {
            yield $this->redis($name, $users);
        }
        yield $this->listener();
    }

    /** @return iterable<Finding> */
    private function gateway(): iterable
    {
        $gateway = $this->config->gateway;
        if (!$gateway->enabled) {
            yield Finding::ok('gateway', 'mode', 'off: each process that sends actions has connections of its own, which many workers should not');
        } elseif ($gateway->allow === []) {
            yield Finding::failure('gateway', 'allow', 'on, and no action is allowed: all are refused', "'gateway' => ['allow' => ['Ping', 'Originate', ...]]");
        } else {
            yield Finding::ok('gateway', 'allow', 'allowed: ' . implode(', ', $gateway->allow));
        }
    }

    /** @return array<string, list<string>> who uses it, by connection of Redis */
    private function connections(): array
    {
        /** @var array<string, list<string>> $connections */
        $connections = [];
        if ($this->config->gateway->enabled) {
            $connections[$this->config->gateway->connection ?? 'default'][] = 'gateway';
        }
        $bridges = $this->config->bridges;
        foreach (['redis' => $bridges->redis->connection, 'streams' => $bridges->streams->connection] as $name => $connection) {
            if (isset($bridges->enabled[$name])) {
                $connections[$connection ?? 'default'][] = "bridge $name";
            }
        }

        return $connections;
    }

    /** @param list<string> $users */
    private function redis(string $name, array $users): Finding
    {
        $subject = "redis.$name";
        $what = 'for ' . implode(', ', $users);
        $start = hrtime(true);
        // The application's own connections may wait for a minute, or for ever.
        $link = new RedisLink(fn() => $this->app->make(RedisConnector::class)->open($name, $this->seconds, $this->seconds));
        try {
            $link->call('', ['PING']);

            return Finding::ok($subject, 'redis', \sprintf('%s: answers in %.1f ms', $what, (hrtime(true) - $start) / 1e6));
        } catch (\Throwable $thrown) {
            $cure = str_contains($thrown->getMessage(), 'Class "Redis" not found')
                ? 'the PHP extension redis; or composer require predis/predis, and REDIS_CLIENT=predis'
                : "'$name' in config/database.php: host, port, username, password";

            return Finding::failure($subject, 'redis', "$what: {$thrown->getMessage()}", $cure);
        } finally {
            $link->drop();
        }
    }

    private function listener(): Finding
    {
        if ($this->config->listen->statusSeconds <= 0) {
            return Finding::skipped('listener', 'listener', "listeners tell nothing, as 'status_seconds' is 0");
        }
        try {
            $workers = new ListenerStatuses($this->app->make(Caches::class)->store())->all();
        } catch (\Throwable $thrown) {
            return Finding::failure('listener', 'listener', "the cache, in which listeners tell how they are, cannot be read: {$thrown->getMessage()}", 'config/cache.php');
        }
        $since = microtime(true) - ListenerStatuses::silentAfter($this->config->listen->statusSeconds);
        $heard = array_filter($workers, static fn(WorkerStatus $worker): bool => $worker->toldAt >= $since);
        $active = array_filter($heard, static fn(WorkerStatus $worker): bool => $worker->state === 'active');

        return $active === []
            ? Finding::warning('listener', 'listener', \count($heard) . ' listeners tell how they are, and none is at work' . ($this->config->gateway->enabled ? ': actions through the gateway wait in vain' : ''), 'php artisan ami:listen   # and a supervisor that keeps it running: docs/listener.md')
            : Finding::ok('listener', 'listener', \count($active) . ' at work, ' . (\count($heard) - \count($active)) . ' standing by; ami:status says more');
    }
}
