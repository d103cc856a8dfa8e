<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Redis;

use Apn\AmiClient\Laravel\Redis\BoundedCache;
use Apn\AmiClient\Laravel\Redis\RedisConnector;
use Apn\AmiClient\Tests\Laravel\Bridges\RedisTestCase;
use Illuminate\Cache\ArrayStore;
use Illuminate\Cache\RedisStore;
use Illuminate\Cache\Repository as Cache;
use Illuminate\Config\Repository;
use Illuminate\Contracts\Cache\LockProvider;
use Illuminate\Foundation\Application;
use Illuminate\Redis\RedisManager;
use PHPUnit\Framework\Attributes\DataProvider;

final class BoundedCacheTest extends RedisTestCase
{
    #[DataProvider('clients')]
    public function test_it_has_the_keys_values_and_locks_of_the_applications_cache(string $client): void
    {
        [$cache, $bounded] = $this->caches($client, self::server()->port);
        self::assertNotSame($cache, $bounded);
        $cache->forever('restart', '1700000000.25');
        self::assertEquals('1700000000.25', $bounded->get('restart'));
        $bounded->put('status', '{"state":"active"}', 60);
        self::assertSame('{"state":"active"}', $cache->get('status'));

        $ours = $bounded->getStore();
        self::assertInstanceOf(LockProvider::class, $ours);
        self::assertTrue($ours->lock('standby', 60)->get());
        $theirs = $cache->getStore();
        self::assertInstanceOf(LockProvider::class, $theirs);
        self::assertFalse($theirs->lock('standby', 60)->get());
    }

    #[DataProvider('clients')]
    public function test_a_redis_that_takes_connections_and_never_answers_is_given_up_soon(string $client): void
    {
        $silent = stream_socket_server('tcp://127.0.0.1:0');
        self::assertIsResource($silent);
        $port = (int) substr((string) strrchr((string) stream_socket_get_name($silent, false), ':'), 1);
        [, $bounded] = $this->caches($client, $port);
        $begun = hrtime(true);
        try {
            $bounded->get('restart');
            self::fail('nothing was thrown');
        } catch (\RedisException|\Predis\PredisException) {
            self::assertLessThan(30, (hrtime(true) - $begun) / 1e9, 'the client alone waits a minute');
        }
    }

    public function test_other_stores_and_clients_that_change_values_are_taken_as_they_are(): void
    {
        $port = self::server()->port;
        [$cache, $bounded] = $this->caches('phpredis', $port, ['options' => ['serializer' => 1]]);
        self::assertSame($cache, $bounded);
        [$cache, $bounded] = $this->caches('phpredis', $port, ['default' => ['host' => '127.0.0.1', 'port' => $port, 'options' => ['compression' => 2]]]);
        self::assertSame($cache, $bounded);
        $array = new Cache(new ArrayStore());
        $config = new Repository();
        self::assertSame($array, new BoundedCache(new RedisConnector(new Application(sys_get_temp_dir()), $config), $config)->of($array));
    }

    /**
     * @param array<string, mixed> $redis
     *
     * @return array{\Illuminate\Contracts\Cache\Repository, \Illuminate\Contracts\Cache\Repository}
     */
    private function caches(string $client, int $port, array $redis = []): array
    {
        $redis += ['client' => $client, 'options' => ['prefix' => 'app-'], 'default' => ['host' => '127.0.0.1', 'port' => $port]];
        $config = new Repository(['database' => ['redis' => $redis], 'cache' => ['default' => 'redis', 'stores' => ['redis' => ['driver' => 'redis', 'connection' => 'default']]]]);
        $app = new Application(sys_get_temp_dir());
        $cache = new Cache(new RedisStore(new RedisManager($app, $client, array_diff_key($redis, ['client' => true])), 'cache-', 'default'));

        return [$cache, new BoundedCache(new RedisConnector($app, $config), $config)->of($cache)];
    }
}
