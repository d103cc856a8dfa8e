<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\ServerRegistry;

/**
 * The whole of `config/ami-client.php`, read and checked. Reading it opens nothing.
 *
 * A server without host, username or secret is not refused here but where it is first used: a container image is built and packages are
 * discovered before anybody has set these. All else that cannot be used is.
 */
final class AmiConfig
{
    public const string KEY = 'ami-client';

    /** What a server cannot do without, with values that stand in for those not set yet, so that the others are checked. */
    private const array REQUIRED = ['host' => '127.0.0.1', 'username' => 'unset', 'secret' => 'unset'];

    /**
     * Settings by key, as ServerConfig::fromArray() takes them. Dumps do not show them.
     *
     * @var array<string, array<string, mixed>>
     */
    public array $servers {
        get => $this->held->getValue();
    }

    /** @var \SensitiveParameterValue<array<string, array<string, mixed>>> */
    private readonly \SensitiveParameterValue $held;

    /**
     * @param string|null $default the key of the default server; null for the first
     * @param array<string, array<string, mixed>> $servers
     * @param array<string, mixed> $options as ClientOptions::fromArray() takes them
     * @param string|null $logChannel of the application; null for its default one
     */
    private function __construct(
        public readonly ?string $default,
        #[\SensitiveParameter]
        array $servers,
        public readonly array $options,
        public readonly ?string $logChannel,
        public readonly ListenConfig $listen,
        public readonly BridgesConfig $bridges,
        public readonly GatewayConfig $gateway,
    ) {
        $this->held = new \SensitiveParameterValue($servers);
    }

    /** @throws InvalidSettingException names what cannot be used */
    public static function fromArray(#[\SensitiveParameter] mixed $config): self
    {
        if (!\is_array($config)) {
            throw InvalidSettingException::mustBe(self::KEY, $config, 'an array');
        }
        $section = new Section($config, self::KEY);
        $read = new self(
            $section->stringOrNull('default'),
            self::servers($section),
            self::settings($section->map('options'), $section->path('options')),
            $section->stringOrNull('log_channel'),
            ListenConfig::fromSection($section->section('listen')),
            BridgesConfig::fromSection($section->section('bridges')),
            GatewayConfig::fromSection($section->section('gateway')),
        );
        $section->done();
        $read->check();

        return $read;
    }

    /**
     * What AmiClientManager::fromConfig() takes.
     *
     * @param list<string>|null $servers keys of the only ones to have; null for all
     * @param 'inline'|'background'|null $io goes over the option of the same name
     *
     * @return array{default: string|null, servers: array<string, array<string, mixed>>, options: array<string, mixed>}
     *
     * @throws InvalidSettingException where there is no such server, or one lacks what it cannot do without
     */
    public function toManager(?array $servers = null, ?string $io = null): array
    {
        $chosen = [];
        foreach ($servers ?? array_map(strval(...), array_keys($this->servers)) as $key) {
            $chosen[$key] = $this->servers[$key] ?? throw InvalidSettingException::unknown(self::KEY . ".servers.$key", array_map(strval(...), array_keys($this->servers)));
            foreach (array_keys(self::REQUIRED) as $name) {
                if (!isset($chosen[$key][$name])) {
                    throw new InvalidSettingException(self::KEY . ".servers.$key.$name", null, self::KEY . ".servers.$key.$name is not set; "
                        . 'see config/ami-client.php and .env, and run `php artisan config:cache` where the configuration is cached');
                }
            }
        }

        return [
            'default' => $this->default !== null && isset($chosen[$this->default]) ? $this->default : null,
            'servers' => $chosen,
            'options' => ($io === null ? [] : ['io' => $io]) + $this->options,
        ];
    }

    /** Whether a manager made for the other one is right for this one, too. */
    public function hasServersOf(?self $other): bool
    {
        return $other !== null
            && [$this->default, $this->servers, $this->options, $this->logChannel] === [$other->default, $other->servers, $other->options, $other->logChannel];
    }

    /** What a manager would refuse, without making one. Files for TLS are its own affair: another user may read them than this one. */
    private function check(): void
    {
        try {
            $options = ClientOptions::fromArray($this->options);
        } catch (InvalidConfigurationException $e) {
            throw InvalidSettingException::under(self::KEY . '.options', $e);
        }
        try {
            $registry = ServerRegistry::fromArray(array_map(static fn(array $server): array => $server + self::REQUIRED, $this->servers), $this->default);
            // Asking for it is what finds that there is none.
            $registry->default();
        } catch (InvalidConfigurationException $e) {
            throw InvalidSettingException::under(self::KEY, $e);
        }
        foreach ($this->listen->servers as $at => $key) {
            if (!$registry->has($key)) {
                throw InvalidSettingException::choice(self::KEY . ".listen.servers.$at", $key, $registry->keys());
            }
        }
        foreach ($options->enforceIpEndpoints ? $registry->keys() : [] as $key) {
            $host = $registry->get($key)->host;
            if (filter_var(trim($host, '[]'), \FILTER_VALIDATE_IP) === false) {
                throw new InvalidSettingException(self::KEY . ".servers.$key.host", $host, self::KEY . ".servers.$key.host: \"$host\" is a name, and "
                    . self::KEY . '.options.enforce_ip_endpoints allows only IP addresses');
            }
        }
    }

    /** @return array<string, array<string, mixed>> by key; PHP makes integers of keys that look like some */
    private static function servers(Section $section): array
    {
        $servers = [];
        foreach ($section->map('servers') as $key => $server) {
            $path = $section->path("servers.$key");
            if (!\is_array($server)) {
                throw InvalidSettingException::mustBe($path, $server, 'an array of settings by name');
            }
            $servers[(string) $key] = self::settings($server, $path);
        }
        if ($servers === []) {
            throw InvalidSettingException::mustBe($section->path('servers'), [], 'an array with at least one server by its key');
        }

        return $servers;
    }

    /**
     * Without what is not set, which an `.env` says by an empty string.
     *
     * @param array<array-key, mixed> $settings
     *
     * @return array<string, mixed>
     */
    private static function settings(#[\SensitiveParameter] array $settings, string $path): array
    {
        $set = [];
        foreach ($settings as $name => $value) {
            if (\is_int($name)) {
                throw InvalidSettingException::mustBe("$path.$name", '', 'under a name');
            }
            if (\is_array($value) && !array_is_list($value)) {
                $value = self::settings($value, "$path.$name");
            }
            if ($value !== null && $value !== '') {
                $set[$name] = $value;
            }
        }

        return $set;
    }
}
