<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

use Apn\AmiClient\InvalidConfigurationException;

/**
 * Reads arguments and settings, and refuses what the extension refuses.
 *
 * @internal
 */
final class Settings
{
    private const int MAX_KEY = 64;

    private const int MAX_KEYS = 64;

    private const int MAX_EVENTS = 16;

    private const int MAX_LINE = 1_024;

    private const array EVENT_CLASSES = [
        'system', 'call', 'log', 'verbose', 'command', 'agent', 'user', 'config', 'dtmf', 'reporting', 'cdr', 'dialplan', 'originate', 'agi',
        'cc', 'aoc', 'test', 'security', 'message',
    ];

    public static function durationMs(?int $maxDurationMs): ?int
    {
        return $maxDurationMs === null ? null : self::whole('maxDurationMs', $maxDurationMs, 50, 86_400_000);
    }

    public static function messages(int $maxMessages): int
    {
        return self::whole('maxMessages', $maxMessages, 1, 1_000_000);
    }

    /**
     * @param array<mixed> $names
     *
     * @return list<string> in lower case
     */
    public static function eventNames(string $argument, array $names): array
    {
        if (!array_is_list($names)) {
            throw Refusal::wrongType($argument, $names, 'a list of event names');
        }
        if (\count($names) > self::MAX_EVENTS) {
            throw Refusal::ofType($argument, $names, 'has more than ' . self::MAX_EVENTS . ' names');
        }

        return array_map(static function (mixed $name) use ($argument): string {
            if (!\is_string($name)) {
                throw Refusal::wrongType($argument, $name, 'a list of event names');
            }
            $trimmed = trim($name, " \t\n\r\f");

            return $trimmed === '' ? throw Refusal::invalid($argument, $name, 'is no event name') : strtolower($trimmed);
        }, $names);
    }

    /**
     * @param array<mixed> $names
     *
     * @return non-empty-list<string> in lower case
     */
    public static function someEventNames(string $argument, array $names): array
    {
        $read = self::eventNames($argument, $names);

        return $read === [] ? throw Refusal::invalid($argument, [], 'names no event: nothing would end the action') : $read;
    }

    public static function serverKey(string $at, string $key): string
    {
        if ($key === '') {
            throw Refusal::invalid($at, $key, 'is no server key; it must not be empty');
        }
        if (\strlen($key) > self::MAX_KEY) {
            throw Refusal::invalid($at, $key, 'is no server key; it has ' . \strlen($key) . ' bytes, the limit is ' . self::MAX_KEY);
        }
        if (preg_match('/\A[!-9;-~]+\z/', $key) !== 1) {
            throw Refusal::invalid($at, $key, 'is no server key; only printable ASCII without spaces and colons can be one');
        }

        return $key;
    }

    /**
     * @param array<mixed> $keys
     *
     * @return non-empty-list<string>
     */
    public static function serverKeys(array $keys): array
    {
        if ($keys === []) {
            throw Refusal::invalid('keys', [], 'names no server: none would ever be chosen');
        }
        if (!array_is_list($keys)) {
            throw Refusal::wrongType('keys', $keys, 'a list of server keys');
        }
        if (\count($keys) > self::MAX_KEYS) {
            throw Refusal::ofType('keys', $keys, 'has more than ' . self::MAX_KEYS . ' keys');
        }

        return array_map(
            static fn(mixed $key): string => \is_string($key) ? self::serverKey('keys', $key) : throw Refusal::wrongType('keys', $key, 'the key of a server'),
            $keys,
        );
    }

    public static function headerName(string $at, string $name): string
    {
        return preg_match('/\A[!-~]{1,128}\z/', $name) === 1 ? $name : throw Refusal::invalid($at, $name, 'is no name of a header');
    }

    /** A whole number; in an array also one written with digits, as an environment variable is. */
    public static function whole(string $key, mixed $value, int $min, int $max, bool $inArray = false): int
    {
        $number = match (true) {
            \is_int($value) => $value,
            $inArray && \is_string($value) && preg_match('/\A[+-]?[0-9]+\z/', $value) === 1 && abs((float) $value) < 2 ** 63 => (int) $value,
            default => throw Refusal::wrongType($key, $value, 'a whole number'),
        };

        return $number >= $min && $number <= $max ? $number : throw Refusal::invalid($key, $value, "is out of range ($min to $max)");
    }

    public static function seconds(string $key, mixed $value, float $min, float $max, bool $inArray): float
    {
        $number = match (true) {
            \is_float($value), \is_int($value) => (float) $value,
            $inArray && \is_string($value) && preg_match('/\A[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\z/', $value) === 1 => (float) $value,
            default => throw Refusal::wrongType($key, $value, 'a number of seconds'),
        };

        // Kept to the nanosecond.
        return $number >= $min && $number <= $max
            ? round($number, 9)
            : throw Refusal::invalid($key, $value, 'is out of range (' . Shown::float($min) . ' to ' . Shown::float($max) . ' seconds)');
    }

    public static function flag(string $key, mixed $value, bool $inArray): bool
    {
        return match (true) {
            \is_bool($value) => $value,
            $inArray && ($value === 1 || (\is_string($value) && \in_array(strtolower($value), ['true', '1'], true))) => true,
            $inArray && ($value === 0 || (\is_string($value) && \in_array(strtolower($value), ['false', '0'], true))) => false,
            default => throw Refusal::wrongType($key, $value, 'true or false'),
        };
    }

    /** @param non-empty-list<string> $choices */
    public static function choice(string $key, mixed $value, array $choices): string
    {
        $value = self::string($key, $value);

        return \in_array(strtolower($value), $choices, true) ? strtolower($value) : throw Refusal::invalid($key, $value, 'is not one of: ' . implode(', ', $choices));
    }

    public static function string(string $key, mixed $value): string
    {
        return \is_string($value) ? $value : throw Refusal::wrongType($key, $value, 'a string');
    }

    /** @return list<mixed>|null the elements of an array whose keys are numbers; null for anything else */
    public static function elements(mixed $value): ?array
    {
        return \is_array($value) && !array_any($value, static fn(mixed $element, int|string $key): bool => \is_string($key)) ? array_values($value) : null;
    }

    /** A username or a secret: it must fit into a header line, unbroken. */
    public static function credential(string $key, #[\SensitiveParameter] mixed $value): string
    {
        $reason = match (true) {
            !\is_string($value) => 'must be a string, ' . Shown::type($value) . ' given',
            $value === '' => 'is empty',
            default => self::reasonAgainst($value, self::MAX_LINE - \strlen($key) - 4),
        };
        if ($reason === null && \is_string($value)) {
            return $value;
        }
        throw $key === 'secret' ? Refusal::secret($key, $reason) : Refusal::invalid($key, $value, $reason);
    }

    private static function reasonAgainst(#[\SensitiveParameter] string $value, int $limit): ?string
    {
        $bad = $value[strcspn($value, "\r\n\0")] ?? null;
        if ($bad !== null) {
            $name = ["\r" => 'a carriage return', "\n" => 'a line feed', "\0" => 'a NUL byte'][$bad] ?? '';

            return "contains $name, which would end the header that carries it";
        }

        return \strlen($value) > $limit ? 'has ' . \strlen($value) . " bytes, the limit is $limit" : null;
    }

    /** @return 'on'|'off'|non-empty-list<string> */
    public static function events(mixed $value): string|array
    {
        if (\is_bool($value)) {
            return $value ? 'on' : 'off';
        }
        if (\is_string($value)) {
            $lower = strtolower($value);
            if ($lower === 'on' || $lower === 'off') {
                return $lower;
            }
            $names = array_map(static fn(string $name): string => trim($name, " \t\n\r\f"), explode(',', $value));
        } else {
            $names = self::elements($value) ?? throw Refusal::wrongType('events', $value, 'on, off or a list of event classes');
        }
        $classes = [];
        foreach ($names as $name) {
            $name = self::string('events', $name);
            $class = strtolower($name);
            if (!\in_array($class, self::EVENT_CLASSES, true)) {
                $near = $class === 'all' ? 'on' : Suggestion::nearest($name, self::EVENT_CLASSES);
                throw Refusal::invalid('events', $name, 'is no event class (on, off, or of ' . implode(', ', self::EVENT_CLASSES) . ')', $near);
            }
            $classes[$class] = $class;
        }

        return $classes === [] ? throw Refusal::invalid('events', [], 'names no event class', 'off') : array_values($classes);
    }

    /** @return 'auto'|'md5'|'plain' */
    public static function auth(mixed $value): string
    {
        $value = self::string('auth', $value);

        return match (strtolower($value)) {
            'auto' => 'auto',
            'md5' => 'md5',
            'plain' => 'plain',
            default => throw Refusal::invalid('auth', $value, 'is no way to log in (auto, md5 or plain)', Suggestion::nearest($value, ['auto', 'md5', 'plain'])),
        };
    }

    /** An address, or a host name in lower case. */
    public static function host(string $key, mixed $value): string
    {
        $host = self::string($key, $value);
        $bare = preg_match('/\A\[(.*)\]\z/s', $host, $inner) === 1 ? $inner[1] : $host;
        $ip = filter_var($bare, \FILTER_VALIDATE_IP) === false ? false : inet_pton($bare);
        if ($ip !== false) {
            return (string) inet_ntop($ip);
        }
        $name = str_ends_with($host, '.') ? substr($host, 0, -1) : $host;
        $reason = match (true) {
            $host === '' => 'is empty; an IP address or a host name is needed',
            preg_match('//u', $host) !== 1 => 'is no host name; names with other letters are written in punycode',
            str_contains($host, '://') => 'is a URL; give the address alone, and the port as "port"',
            str_contains($host, ':') => 'is no IP address; a port is given as "port"',
            \strlen($name) > 253 || preg_match('/\A(?:(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(?:\.|\z))+\z/', $name) !== 1 || str_ends_with($name, '.') => 'is neither an IP address nor a host name',
            preg_match('/(?:\A|\.)[0-9]+\z/', $name) === 1 => 'is no IP address',
            default => null,
        };
        if ($reason === null) {
            return strtolower($name);
        }
        // Before an @ of a URL there is a username, and maybe a secret.
        throw str_contains($host, '@') ? Refusal::secret($key, $reason) : Refusal::invalid($key, $host, $reason);
    }

    /**
     * @template T
     *
     * @param \Closure(): T $read
     *
     * @return T
     */
    public static function within(string $parent, \Closure $read): mixed
    {
        try {
            return $read();
        } catch (InvalidConfigurationException $error) {
            throw Refusal::within($parent, $error);
        }
    }
}
