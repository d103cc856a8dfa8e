<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Standby;

use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Config\StandbyConfig;
use Apn\AmiClient\Laravel\Redis\BoundedCache;
use Illuminate\Cache\ApcStore;
use Illuminate\Cache\ArrayStore;
use Illuminate\Cache\FailoverStore;
use Illuminate\Cache\Lock;
use Illuminate\Cache\MemoizedStore;
use Illuminate\Cache\NullStore;
use Illuminate\Cache\RedisLock;
use Illuminate\Cache\RedisStore;
use Illuminate\Cache\Repository;
use Illuminate\Contracts\Cache\Factory;
use Illuminate\Contracts\Cache\LockProvider;
use Illuminate\Contracts\Cache\Store;
use Psr\Log\LoggerInterface;

/** Makes the leadership that `ami-client.listen.standby` asks for, of a store whose locks can carry it. */
final readonly class StandbyFactory
{
    private const string STORE = 'ami-client.listen.standby.store';

    public function __construct(private Factory $caches, private BoundedCache $bounded) {}

    /**
     * Asks the store nothing yet.
     *
     * @throws InvalidSettingException where its locks are no locks between processes, or cannot be prolonged
     */
    public function leadership(StandbyConfig $config, ?LoggerInterface $logger = null): CacheLeadership
    {
        $cache = $this->bounded->of($this->caches->store($config->store), $config->store);
        $store = $cache->getStore();
        $why = match (true) {
            $store instanceof ArrayStore, $store instanceof ApcStore => 'is in the memory of one process, and its locks keep nobody out',
            $store instanceof NullStore => 'gives its locks to everybody',
            // One of them sees a store that fails, the other does not: then each has a lock, in different stores.
            $store instanceof FailoverStore => 'is several stores; name the one that has the lock',
            $store instanceof MemoizedStore => 'remembers what another process has changed',
            !$store instanceof LockProvider => 'has no locks',
            !self::canRefresh($store) => 'has locks that cannot be prolonged, in this version of Laravel',
            default => null,
        };
        if ($why !== null) {
            throw new InvalidSettingException(self::STORE, $config->store, self::STORE . ': "' . ($config->store ?? 'the default store') . "\" $why; take a store with the driver redis, database or memcached, or file on one machine");
        }

        return new CacheLeadership(
            static fn(int $seconds, string $owner): \Illuminate\Contracts\Cache\Lock => $store->lock($config->lock, $seconds, $owner),
            $cache instanceof Repository ? $cache : new Repository($store),
            $config->lock,
            $config->seconds,
            $logger,
        );
    }

    /** A lock that inherits refresh() from the base class throws. */
    private static function canRefresh(LockProvider&Store $store): bool
    {
        // Making a lock of Redis connects, and a server that is down now may be there when it is needed.
        $class = $store instanceof RedisStore ? RedisLock::class : $store->lock('ami-client:probe', 1)::class;

        return method_exists($class, 'refresh') && new \ReflectionMethod($class, 'refresh')->getDeclaringClass()->getName() !== Lock::class;
    }
}
