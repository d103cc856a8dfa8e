<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

use Apn\AmiClient\InvalidConfigurationException;

/**
 * Reads the setting `tls` of a server. Files are read by the extension only.
 *
 * @internal
 */
final class Tls
{
    public const array SETTINGS = ['verify', 'ca_file', 'server_name', 'fingerprint', 'client_cert', 'client_key'];

    private const array WAYS = ['system', 'ca', 'pin', 'none'];

    private const array OTHER_NAMES = [
        'cafile' => 'ca_file', 'ca' => 'ca_file', 'capath' => 'ca_file', 'verify_peer' => 'verify', 'peer_name' => 'server_name',
        'sni' => 'server_name', 'peer_fingerprint' => 'fingerprint', 'pin' => 'fingerprint', 'local_cert' => 'client_cert', 'local_pk' => 'client_key',
    ];

    private const int MAX_PINS = 16;

    private const int MAX_PATH = 4_095;

    /** @return array<string, mixed>|null what is in force; null without TLS */
    public static function read(mixed $value, bool $inArray): ?array
    {
        if (!\is_array($value)) {
            try {
                $is = Settings::flag('tls', $value, $inArray);
            } catch (InvalidConfigurationException) {
                throw Refusal::wrongType('tls', $value, 'true, false or an array of settings by name');
            }
            $value = $is ? [] : null;
        }

        return $value === null ? null : Settings::within('tls', static fn(): array => self::settings($value));
    }

    /**
     * @param array<mixed> $config
     *
     * @return array<string, mixed>
     */
    private static function settings(array $config): array
    {
        $read = [];
        foreach ($config as $name => $value) {
            $name = (string) $name;
            if (!\in_array($name, self::SETTINGS, true)) {
                // A string under a mistaken name may be a key or its passphrase.
                $suggestion = self::OTHER_NAMES[strtolower($name)] ?? Suggestion::nearest($name, self::SETTINGS);
                throw Refusal::unknown($name, \is_string($value) ? '***' : $value, $suggestion);
            }
            if ($value !== null) {
                $read[$name] = match ($name) {
                    'verify' => self::way($value),
                    'server_name' => Settings::host($name, $value),
                    'fingerprint' => self::pins($value),
                    default => self::path($name, $value),
                };
            }
        }

        return self::inForce($read);
    }

    /**
     * What was given decides where `verify` was not, and must fit to it where it was.
     *
     * @param array<string, string|non-empty-list<string>> $read
     *
     * @return array<string, mixed>
     */
    private static function inForce(array $read): array
    {
        $way = \is_string($read['verify'] ?? null) ? $read['verify'] : match (true) {
            isset($read['fingerprint']) => 'pin',
            isset($read['ca_file']) => 'ca',
            default => 'system',
        };
        foreach (['ca' => 'ca_file', 'pin' => 'fingerprint'] as $wanted => $name) {
            if ($way === $wanted && !isset($read[$name])) {
                throw Refusal::missing($name);
            }
            if ($way !== $wanted && isset($read[$name])) {
                $value = \is_array($read[$name]) ? $read[$name][0] : $read[$name];
                throw Refusal::invalid($name, $value, "is of no use where verify is \"$way\"; leave it out, or set verify to \"$wanted\"");
            }
        }
        foreach (['client_cert' => 'client_key', 'client_key' => 'client_cert'] as $one => $other) {
            if (isset($read[$one]) && !isset($read[$other])) {
                throw Refusal::invalid($one, $read[$one], 'needs its ' . ($one === 'client_cert' ? 'private key' : 'certificate') . ", as $other");
            }
        }
        $inForce = ['verify' => $way];
        foreach (['ca_file', 'fingerprint', 'server_name', 'client_cert', 'client_key'] as $name) {
            if (isset($read[$name])) {
                $inForce[$name] = $read[$name];
            }
        }

        return $inForce;
    }

    private static function way(mixed $value): string
    {
        $value = Settings::string('verify', $value);

        return \in_array(strtolower($value), self::WAYS, true)
            ? strtolower($value)
            : throw Refusal::invalid('verify', $value, 'is no way to verify (system, ca, pin or none)', Suggestion::nearest($value, self::WAYS));
    }

    /** @return string|non-empty-list<string> */
    private static function pins(mixed $value): string|array
    {
        if (\is_string($value)) {
            return self::pin('fingerprint', $value);
        }
        $values = Settings::elements($value) ?? throw Refusal::wrongType('fingerprint', $value, 'a fingerprint or a list of them');
        if ($values === [] || \count($values) > self::MAX_PINS) {
            throw Refusal::invalid('fingerprint', $values, 'must have 1 to ' . self::MAX_PINS . ' fingerprints');
        }
        $pins = [];
        foreach ($values as $place => $pin) {
            $pins[] = self::pin("fingerprint.$place", $pin);
        }

        return \count($pins) === 1 ? $pins[0] : $pins;
    }

    private static function pin(string $key, mixed $value): string
    {
        $value = Settings::string($key, $value);
        $digits = str_replace(':', '', (string) preg_replace('/\Asha256( fingerprint=|:)/', '', strtolower($value)));
        $reason = match (true) {
            $digits !== '' && !ctype_xdigit($digits) => 'is no fingerprint; it has the 64 hexadecimal digits of a SHA-256 digest, with or without colons',
            \strlen($digits) === 64 => null,
            \strlen($digits) === 40 => 'is a SHA-1 fingerprint; one by SHA-256 is needed, with 64 hexadecimal digits',
            default => 'is no fingerprint; it has ' . \strlen($digits) . ' hexadecimal digits instead of 64',
        };

        return $reason === null ? strtoupper(implode(':', str_split($digits, 2))) : throw Refusal::invalid($key, $value, $reason);
    }

    private static function path(string $key, mixed $value): string
    {
        $path = Settings::string($key, $value);
        // A key pasted in the place of its path must not be shown.
        if (str_contains($path, '-----BEGIN ')) {
            throw Refusal::secret($key, 'must be the path of a PEM file, not its content');
        }
        $reason = match (true) {
            preg_match('//u', $path) !== 1 => 'is no UTF-8',
            $path === '' => 'is empty; the path of a PEM file is needed',
            str_contains($path, "\0") => 'contains a NUL byte, which no path has',
            \strlen($path) > self::MAX_PATH => 'is longer than a path can be',
            default => null,
        };

        return $reason === null ? $path : throw Refusal::invalid($key, $path, $reason);
    }
}
