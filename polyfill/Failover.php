<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * The first of some servers that is ready. One that comes back is used again at once.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class Failover implements RoutingStrategy
{
    use Polyfill\Unique;

    /** @var non-empty-list<string> */
    private readonly array $keys;

    /**
     * @param non-empty-list<string> $keys 1 to 64 keys of servers, the preferred one first; those of no server are passed over
     *
     * @throws InvalidConfigurationException where one can be the key of no server
     */
    public function __construct(array $keys)
    {
        $this->keys = Polyfill\Settings::serverKeys($keys);
    }

    /**
     * The key of the candidate that this rule chooses; null where none fits.
     *
     * @param list<RoutingCandidate> $candidates
     */
    public function select(array $candidates, ?Action $action): ?string
    {
        return array_find($this->keys, static fn(string $key): bool => Polyfill\Turn::has($candidates, $key));
    }

    /**
     * The keys of the servers.
     *
     * @return non-empty-list<string>
     */
    public function keys(): array
    {
        return $this->keys;
    }
}
