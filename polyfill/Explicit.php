<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * One server, or none where it is not ready.
 *
 * Immutable. Objects cannot be cloned or serialized, and take no further properties.
 */
final class Explicit implements RoutingStrategy
{
    use Polyfill\Unique;

    private readonly string $key;

    /**
     * @param string $key the key of the server, which may be added later
     *
     * @throws InvalidConfigurationException where it can be the key of no server
     */
    public function __construct(string $key)
    {
        Polyfill\Settings::serverKey('key', $key);
        $this->key = $key;
    }

    /**
     * The key of the candidate that this rule chooses; null where none fits.
     *
     * @param list<RoutingCandidate> $candidates
     */
    public function select(array $candidates, ?Action $action): ?string
    {
        return Polyfill\Turn::has($candidates, $this->key) ? $this->key : null;
    }

    /** The key of the server. */
    public function key(): string
    {
        return $this->key;
    }
}
