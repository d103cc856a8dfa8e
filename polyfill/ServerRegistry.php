<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * The servers of a manager by key, in the order given, one of them the default.
 *
 * A manager takes what is in the registry when it is made; servers added later are not known to it.
 * Objects cannot be cloned or serialized, and take no further properties. Servers are left out of stack traces, as
 * somebody may give arrays with secrets in their place.
 */
final class ServerRegistry implements \Countable
{
    use Polyfill\Unique;

    /** @var array<array-key, ServerConfig> by key */
    private array $servers = [];

    private ?string $default = null;

    /**
     * @param array<array-key, ServerConfig> $servers keys of the array are ignored: a server has its own
     * @param string|null $default the key of the default server; null for the first
     *
     * @throws InvalidConfigurationException where something is no ServerConfig, a key is there twice, or the default is
     *     none of the servers; key() is `servers.` and the place, or `default`
     */
    public function __construct(#[\SensitiveParameter] array $servers = [], ?string $default = null)
    {
        $place = 0;
        foreach ($servers as $server) {
            // @phpstan-ignore instanceof.alwaysTrue (what PHP does not check)
            if (!$server instanceof ServerConfig) {
                throw Polyfill\Refusal::raw("servers.$place: " . Polyfill\Shown::type($server) . ' must be a ServerConfig, ' . Polyfill\Shown::type($server) . ' given', "servers.$place", Polyfill\Shown::type($server));
            }
            $this->insert("servers.$place", $server);
            $place++;
        }
        $this->choose($default);
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
        // @phpstan-ignore function.impossibleType (what PHP does not check)
        if ($servers !== [] && array_is_list($servers)) {
            throw Polyfill\Refusal::invalid('servers', $servers, "must have each server under its key, such as 'pbx1' => [...]; a list was given");
        }
        $self = new self();
        foreach ($servers as $key => $settings) {
            // @phpstan-ignore cast.useless (PHP makes integers of keys that look like some)
            $key = Polyfill\Settings::serverKey('servers', (string) $key);
            // @phpstan-ignore function.alreadyNarrowedType (what PHP does not check)
            $settings = \is_array($settings) ? $settings : throw Polyfill\Server::noArray("servers.$key", $settings);
            // @phpstan-ignore argument.type (it is checked there)
            $self->insert('servers', Polyfill\Settings::within("servers.$key", static fn(): ServerConfig => ServerConfig::fromArray($key, $settings)));
        }
        $self->choose($default);

        return $self;
    }

    /**
     * Adds a server after the others.
     *
     * @throws InvalidConfigurationException where its key is there already; nothing is changed then
     */
    public function add(#[\SensitiveParameter] ServerConfig $server): self
    {
        $this->insert('server', $server);

        return $this;
    }

    /**
     * The server with this key: the object that was added.
     *
     * @throws InvalidConfigurationException where there is none; value() is the key, suggestion() the nearest one
     */
    public function get(string $key): ServerConfig
    {
        return $this->servers[$key] ?? throw $this->noSuch('key', $key);
    }

    /** Whether there is a server with this key. */
    public function has(string $key): bool
    {
        return isset($this->servers[$key]);
    }

    /**
     * The keys of all servers, in the order given.
     *
     * @return list<string>
     */
    public function keys(): array
    {
        // PHP makes integers of keys that look like some.
        return array_map(strval(...), array_keys($this->servers));
    }

    /**
     * The key of the default server: the one chosen, else the first.
     *
     * @throws InvalidConfigurationException where there is no server
     */
    public function default(): string
    {
        return $this->default ?? $this->keys()[0] ?? throw Polyfill\Refusal::invalid('servers', [], 'must hold at least one server');
    }

    /** How many servers there are. */
    public function count(): int
    {
        return \count($this->servers);
    }

    private function insert(string $at, #[\SensitiveParameter] ServerConfig $server): void
    {
        if (isset($this->servers[$server->key])) {
            throw Polyfill\Refusal::invalid($at, $server->key, 'is the key of another server already');
        }
        $this->servers[$server->key] = $server;
    }

    private function choose(?string $default): void
    {
        if ($default !== null && !isset($this->servers[$default])) {
            throw $this->noSuch('default', $default);
        }
        $this->default = $default;
    }

    private function noSuch(string $at, string $key): InvalidConfigurationException
    {
        return Polyfill\Refusal::invalid($at, $key, 'is the key of no server', Polyfill\Suggestion::nearest($key, $this->keys()));
    }
}
