<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Redis;

use Illuminate\Contracts\Config\Repository;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Redis\Connections\Connection;
use Illuminate\Redis\RedisManager;
use Illuminate\Support\ConfigurationUrlParser;

/**
 * Opens connections of the application's Redis that give up soon: the same servers, users and prefix, by the same client, but not the
 * application's own connection, whose timeouts may be none, and whose failures are not to be ours.
 *
 * What would change values on their way, a serializer or compression, is left out: other programs read them, too.
 */
final readonly class RedisConnector
{
    /** Those of phpredis and those of Predis: each takes the ones it knows. */
    private const array LEFT_OUT = ['serializer', 'compression', 'compression_level', 'retry', 'retry_interval', 'backoff_algorithm', 'backoff_base', 'backoff_cap', 'persistent_id', 'url'];

    public function __construct(private Application $app, private Repository $config) {}

    /**
     * @param string|null $name of the connection; null for `default`
     * @param float $connectSeconds most seconds that connecting takes
     * @param float $readSeconds most seconds without an answer
     */
    public function open(?string $name, float $connectSeconds, float $readSeconds): Connection
    {
        $name ??= 'default';
        $all = (array) $this->config->get('database.redis', []);
        $own = ['timeout' => $connectSeconds, 'read_timeout' => $readSeconds, 'read_write_timeout' => $readSeconds, 'persistent' => false, 'max_retries' => 0];
        $all['options'] = self::without((array) ($all['options'] ?? []));
        if (isset($all[$name])) {
            $all[$name] = self::node($all[$name], $own);
        } elseif (\is_array($all['clusters'] ?? null) && \is_array($all['clusters'][$name] ?? null)) {
            $clusters = $all['clusters'];
            $clusters['options'] = $own + self::without((array) ($clusters['options'] ?? []));
            $clusters[$name] = array_map(static fn(mixed $node): array => self::node($node, $own), $all['clusters'][$name]);
            $all['clusters'] = $clusters;
        }
        $client = $all['client'] ?? 'phpredis';
        unset($all['client']);

        return (new RedisManager($this->app, \is_string($client) ? $client : 'phpredis', $all))->resolve($name);
    }

    /**
     * @param array<string, mixed> $own
     *
     * @return array<array-key, mixed>
     */
    private static function node(mixed $config, array $own): array
    {
        // What an URL says would go over ours.
        /** @var array<string, mixed> $config */
        $config = \is_string($config) ? ['url' => $config] : (array) $config;
        $config = (new ConfigurationUrlParser())->parseConfiguration($config);
        $options = self::without((array) ($config['options'] ?? []));

        return ['options' => $own + $options] + $own + self::without($config);
    }

    /**
     * @param array<array-key, mixed> $config
     *
     * @return array<array-key, mixed>
     */
    private static function without(array $config): array
    {
        return array_diff_key($config, array_flip(self::LEFT_OUT));
    }
}
