<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Illuminate\Contracts\Config\Repository;

/**
 * Whether what the configuration names of the application is there: a log channel, a connection, a store. Only what is in use is looked
 * at, and nothing is connected.
 */
final readonly class References
{
    public function __construct(private Repository $config) {}

    /** @throws InvalidSettingException */
    public function check(AmiConfig $config): void
    {
        $this->find('log_channel', $config->logChannel, 'logging.channels');
        if ($config->gateway->enabled) {
            $this->find('gateway.connection', $config->gateway->connection, 'database.redis', 'database.redis.clusters');
        }
        if ($config->listen->standby->enabled) {
            $this->find('listen.standby.store', $config->listen->standby->store, 'cache.stores');
        }
        $bridges = $config->bridges;
        if ($bridges->jobs->bridge->enabled) {
            $this->find('bridges.jobs.connection', $bridges->jobs->connection, 'queue.connections');
        }
        if ($bridges->broadcast->bridge->enabled) {
            $this->find('bridges.broadcast.connection', $bridges->broadcast->connection, 'broadcasting.connections');
            $this->find('bridges.broadcast.queue_connection', $bridges->broadcast->queueConnection, 'queue.connections');
        }
        if ($bridges->redis->bridge->enabled) {
            $this->find('bridges.redis.connection', $bridges->redis->connection, 'database.redis', 'database.redis.clusters');
        }
        if ($bridges->streams->bridge->enabled) {
            $this->find('bridges.streams.connection', $bridges->streams->connection, 'database.redis', 'database.redis.clusters');
        }
    }

    /** @param string ...$places of which one has it */
    private function find(string $setting, ?string $name, string ...$places): void
    {
        if ($name === null) {
            return;
        }
        $known = [];
        foreach ($places as $place) {
            $there = $this->config->get($place);
            // What is among the connections and none.
            $names = array_diff(\is_array($there) ? array_map(strval(...), array_keys($there)) : [], ['client', 'clusters', 'options']);
            if (\in_array($name, $names, true)) {
                return;
            }
            array_push($known, ...$names);
        }

        throw InvalidSettingException::choice(AmiConfig::KEY . ".$setting", $name, $known);
    }
}
