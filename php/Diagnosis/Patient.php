<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\ServerRegistry;

/** A server as it is configured, and what an application wants of it. */
final readonly class Patient
{
    public ServerConfig $server;

    public ClientOptions $options;

    /**
     * @param array<string, mixed> $settings of the server, as ServerConfig::fromArray() takes them
     * @param array<string, mixed> $options of all servers
     * @param HeardNames $heard the events that are listened to
     * @param list<string> $actions that are to be allowed, such as those of a gateway; `*` is all
     * @param float $stepSeconds most seconds that one step may take
     * @param bool $mayReadSecret whether the user's section of manager.conf may be asked for where that sends the secret unprotected
     *
     * @throws InvalidConfigurationException where they cannot be used
     */
    public function __construct(
        public string $key,
        #[\SensitiveParameter]
        public array $settings,
        array $options,
        public HeardNames $heard = new HeardNames([]),
        public array $actions = [],
        public float $stepSeconds = 5.0,
        public bool $mayReadSecret = false,
    ) {
        $this->server = ServerRegistry::fromArray([$key => $settings])->get($key);
        /** @var array<string, mixed> $own */
        $own = \is_array($settings['options'] ?? null) ? $settings['options'] : [];
        $this->options = ClientOptions::fromArray($own + $options);
    }

    public function hasTls(): bool
    {
        return $this->server->tls !== null;
    }

    /** Whether what is sent to this address stays on this machine. */
    public static function isLoopback(string $address): bool
    {
        $address = trim($address, '[]');

        return str_starts_with($address, '127.') || $address === '::1' || strcasecmp($address, 'localhost') === 0;
    }
}
