<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\InvalidConfigurationException;

/**
 * Reads the settings of a server.
 *
 * @internal
 */
final class Server
{
    private const array SETTINGS = ['host', 'port', 'username', 'secret', 'auth', 'events', 'tls', 'options'];

    /** What other clients call these settings. */
    private const array OTHER_NAMES = [
        'address' => 'host', 'hostname' => 'host', 'ip' => 'host', 'user' => 'username', 'login' => 'username', 'password' => 'secret',
        'pass' => 'secret', 'ssl' => 'tls',
    ];

    /**
     * @param array<mixed> $config
     *
     * @return array{host: string, port: int, username: string, auth: 'auto'|'md5'|'plain', events: 'on'|'off'|non-empty-list<string>, tls: array<string, mixed>|null, options: ClientOptions|null}
     */
    public static function read(#[\SensitiveParameter] array $config, bool $inArray): array
    {
        $given = [];
        foreach ($config as $name => $value) {
            $name = (string) $name;
            if (!\in_array($name, self::SETTINGS, true)) {
                throw self::unknown($name, $value);
            }
            if ($value !== null) {
                $given[$name] = true;
                // The first that cannot be used is the one that is refused.
                match ($name) {
                    'host' => $host = Settings::host('host', $value),
                    'port' => $port = Settings::whole('port', $value, 1, 65_535, $inArray),
                    'username' => $username = Settings::credential($name, $value),
                    'secret' => Settings::credential($name, $value),
                    'auth' => $auth = Settings::auth($value),
                    'events' => $events = Settings::events($value),
                    'tls' => $tls = Tls::read($value, $inArray),
                    'options' => $options = self::options($value),
                };
            }
        }

        return [
            'host' => $host ?? throw Refusal::missing('host'),
            'username' => $username ?? throw Refusal::missing('username'),
            'port' => isset($given['secret']) ? $port ?? (($tls ?? null) === null ? 5_038 : 5_039) : throw Refusal::missing('secret'),
            'auth' => $auth ?? 'auto',
            'events' => $events ?? 'on',
            'tls' => $tls ?? null,
            'options' => $options ?? null,
        ];
    }

    /** A string in the place of an array may be a URL with a secret. */
    public static function noArray(string $at, #[\SensitiveParameter] mixed $value): InvalidConfigurationException
    {
        $reason = 'must be an array of settings by name, ' . Shown::type($value) . ' given';

        return \is_string($value) ? Refusal::secret($at, $reason) : Refusal::invalid($at, $value, $reason);
    }

    private static function options(mixed $value): ClientOptions
    {
        $given = match (true) {
            $value instanceof ClientOptions => new \ReflectionProperty(ClientOptions::class, 'given')->getValue($value),
            \is_array($value) => Settings::within('options', static fn(): array => Options::read($value, inArray: true)),
            default => throw Refusal::wrongType('options', $value, 'an array of options by name'),
        };
        /** @var array<string, mixed> $given */
        $given = \is_array($given) ? $given : [];
        Settings::within('options', static fn(): null => Options::refuseShared($given));

        return $value instanceof ClientOptions ? $value : ClientOptions::fromArray($given);
    }

    private static function unknown(string $name, #[\SensitiveParameter] mixed $value): InvalidConfigurationException
    {
        $suggestion = match (true) {
            isset(Options::TABLE[$name]) => "options.$name",
            \in_array($name, Tls::SETTINGS, true) => "tls.$name",
            default => self::OTHER_NAMES[strtolower($name)] ?? Suggestion::nearest($name, self::SETTINGS),
        };

        // A string under a mistaken name may be the secret.
        return Refusal::unknown($name, \is_string($value) ? '***' : $value, $suggestion);
    }
}
