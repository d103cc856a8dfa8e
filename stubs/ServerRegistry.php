<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * The servers of a manager by key, in the order given, one of them the default.
 *
 * A manager takes what is in the registry when it is made; servers added later are not known to it.
 * Objects cannot be cloned or serialized, and take no further properties.
 */
final class ServerRegistry implements \Countable
{
    /**
     * @param array<array-key, ServerConfig> $servers keys of the array are ignored: a server has its own
     * @param string|null $default the key of the default server; null for the first
     *
     * @throws InvalidConfigurationException where something is no ServerConfig, a key is there twice, or the default is
     *     none of the servers; key() is `servers.` and the place, or `default`
     */
    public function __construct(array $servers = [], ?string $default = null)
    {
        throw new \Error('a stub');
    }

    /**
     * Reads servers as a configuration file has them.
     *
     * @param array<string, array<string, mixed>> $servers settings by key, as ServerConfig::fromArray() takes them
     * @param string|null $default the key of the default server; null for the first
     *
     * @throws InvalidConfigurationException where a server cannot be used; key() is the path, such as
     *     `servers.pbx1.port`
     */
    public static function fromArray(#[\SensitiveParameter] array $servers, ?string $default = null): self
    {
        throw new \Error('a stub');
    }

    /**
     * Adds a server after the others.
     *
     * @throws InvalidConfigurationException where its key is there already; nothing is changed then
     */
    public function add(ServerConfig $server): self
    {
        throw new \Error('a stub');
    }

    /**
     * The server with this key: the object that was added.
     *
     * @throws InvalidConfigurationException where there is none; value() is the key, suggestion() the nearest one
     */
    public function get(string $key): ServerConfig
    {
        throw new \Error('a stub');
    }

    /** Whether there is a server with this key. */
    public function has(string $key): bool
    {
        throw new \Error('a stub');
    }

    /**
     * The keys of all servers, in the order given.
     *
     * @return list<string>
     */
    public function keys(): array
    {
        throw new \Error('a stub');
    }

    /**
     * The key of the default server: the one chosen, else the first.
     *
     * @throws InvalidConfigurationException where there is no server
     */
    public function default(): string
    {
        throw new \Error('a stub');
    }

    /** How many servers there are. */
    public function count(): int
    {
        throw new \Error('a stub');
    }
}
