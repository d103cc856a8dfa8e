<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Redis;

use Illuminate\Cache\RedisStore;
use Illuminate\Cache\Repository as RedisRepository;
use Illuminate\Contracts\Cache\Repository;
use Illuminate\Contracts\Config\Repository as Config;

/**
 * The application's cache for a loop that must not wait: where its store is Redis, the same keys over connections that give up soon.
 *
 * The application's own would wait a minute for a Redis that hangs, or for ever. Other kinds of stores are taken as they are, and so is a
 * Redis whose client serializes or compresses values, which ours would not understand.
 */
final readonly class BoundedCache
{
    /** To connect, and for each answer. Longer than a Redis that is far away takes; listeners ask again soon enough. */
    private const float SECONDS = 1.0;

    public function __construct(private RedisConnector $connector, private Config $config) {}

    /** @param string|null $name of the store, in config/cache.php; null for the default one */
    public function of(Repository $cache, ?string $name = null): Repository
    {
        $store = $cache->getStore();
        // One of the application's own making may do more.
        if ($store::class !== RedisStore::class) {
            return $cache;
        }
        $name ??= $this->text('cache.default', '');
        $connection = $this->text("cache.stores.$name.connection", 'default');
        $lockConnection = $this->text("cache.stores.$name.lock_connection", $connection);
        if ($this->hasOwnValues($connection) || $this->hasOwnValues($lockConnection)) {
            return $cache;
        }
        $bounded = new RedisStore(new BoundedRedis($this->connector, self::SECONDS), $store->getPrefix(), $connection);

        return new RedisRepository($bounded->setLockConnection($lockConnection));
    }

    private function text(string $key, string $default): string
    {
        $value = $this->config->get($key);

        return \is_string($value) && $value !== '' ? $value : $default;
    }

    /** Whether what the client of a connection stores is not what it was given. */
    private function hasOwnValues(string $connection): bool
    {
        $options = (array) $this->config->get('database.redis.options', []);
        $own = (array) $this->config->get("database.redis.$connection", []);
        foreach ([$options, $own, (array) ($own['options'] ?? [])] as $settings) {
            if (($settings['serializer'] ?? 0) !== 0 || ($settings['compression'] ?? 0) !== 0) {
                return true;
            }
        }

        return false;
    }
}
