<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway\Support;

use Apn\AmiClient\Laravel\Gateway\LaravelRedis;
use Apn\AmiClient\Laravel\Redis\RedisConnector;
use Illuminate\Config\Repository;
use Illuminate\Foundation\Application;

/** Connections as an application has them, with what its other parts may have set. */
final class Connections
{
    public static function to(int $port, string $driver, float $timeoutSeconds = 5.0, float $waitSeconds = 1.0): LaravelRedis
    {
        $connection = ['host' => '127.0.0.1', 'port' => $port, 'database' => 3, 'prefix' => 'not-for-the-gateway:'];
        if ($driver === 'phpredis') {
            $connection += ['serializer' => \Redis::SERIALIZER_PHP, 'compression' => \Redis::COMPRESSION_NONE, 'options' => ['serializer' => \Redis::SERIALIZER_JSON]];
        }

        $config = new Repository(['database' => ['redis' => [
            'client' => $driver,
            'options' => ['prefix' => 'nor-this:'],
            'calls' => $connection,
        ]]]);

        return new LaravelRedis(new RedisConnector(new Application(sys_get_temp_dir()), $config), 'calls', $timeoutSeconds, $waitSeconds);
    }
}
