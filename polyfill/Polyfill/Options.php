<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

/**
 * The options there are, as the extension has them; a test compares every default and every end of a range.
 *
 * @internal
 */
final class Options
{
    private const int KIB = 1_024;

    private const int MIB = 1_048_576;

    private const int TIB = 1_099_511_627_776;

    private const int MIN_MEMORY_LIMIT = 16 * self::MIB;

    /** What the end of a message takes in the parser's buffer. */
    private const int DELIMITER = 4;

    /** @var array<string, array{'seconds', float, float, float}|array{'whole', int, int, int}|array{'flag', bool}|array{'choice', non-empty-list<string>}|array{'names'|'keys'|'patterns'}> kind, default, least, most */
    public const array TABLE = [
        'connect_timeout' => ['seconds', 10.0, 0.05, 300.0],
        'auth_timeout' => ['seconds', 10.0, 0.05, 300.0],
        'read_timeout' => ['seconds', 30.0, 0.05, 86_400.0],
        'heartbeat_interval' => ['seconds', 15.0, 0.05, 3_600.0],
        'heartbeat_misses' => ['whole', 2, 1, 100],
        'action_timeout' => ['seconds', 30.0, 0.05, 86_400.0],
        'backoff_min_ms' => ['whole', 100, 100, 3_600_000],
        'backoff_max_ms' => ['whole', 30_000, 100, 3_600_000],
        'max_reconnect_attempts' => ['whole', 0, 0, 1_000_000],
        'max_connect_attempts_per_tick' => ['whole', 5, 1, 1_000],
        'max_connecting' => ['whole', 40, 1, 10_000],
        'circuit_failure_threshold' => ['whole', 5, 1, 1_000],
        'circuit_cooldown' => ['seconds', 30.0, 0.05, 86_400.0],
        'circuit_half_open_max_probes' => ['whole', 1, 1, 100],
        'write_buffer_limit' => ['whole', 5 * self::MIB, 128 * self::KIB, 256 * self::MIB],
        'max_pending_actions' => ['whole', 5_000, 1, 1_000_000],
        'event_queue_capacity' => ['whole', 10_000, 1, 1_000_000],
        'max_frame_size' => ['whole', self::MIB, 64 * self::KIB, 4 * self::MIB],
        'parser_buffer_limit' => ['whole', 2 * self::MIB, 64 * self::KIB + self::DELIMITER, 64 * self::MIB],
        'command_output_limit' => ['whole', self::MIB, 4 * self::KIB, 4 * self::MIB],
        'max_action_id_length' => ['whole', 64, 32, 256],
        'max_bytes_read_per_tick' => ['whole', self::MIB, 4 * self::KIB, 64 * self::MIB],
        'max_frames_per_tick' => ['whole', 1_000, 1, 1_000_000],
        'max_events_per_tick' => ['whole', 1_000, 1, 1_000_000],
        'event_drop_log_interval_ms' => ['whole', 1_000, 0, 3_600_000],
        'memory_limit' => ['whole', 0, 0, self::TIB],
        'allowed_events' => ['names'],
        'blocked_events' => ['names'],
        'event_priorities' => ['names'],
        'push_filters' => ['flag', false],
        'reconcile' => ['flag', false],
        'redaction_keys' => ['keys'],
        'redaction_key_patterns' => ['patterns'],
        'redaction_value_patterns' => ['patterns'],
        'log_actions' => ['flag', false],
        'log_frames' => ['flag', false],
        'enforce_ip_endpoints' => ['flag', true],
        'lazy' => ['flag', true],
        'io' => ['choice', ['inline', 'background']],
    ];

    /** Those that a server cannot have for itself. */
    private const array OF_PROCESS = [
        'max_connect_attempts_per_tick', 'max_connecting', 'memory_limit', 'redaction_keys', 'redaction_key_patterns', 'redaction_value_patterns',
        'enforce_ip_endpoints', 'lazy', 'io',
    ];

    public static function camelCase(string $name): string
    {
        return lcfirst(str_replace('_', '', ucwords($name, '_')));
    }

    /**
     * What was given, checked. Null is the same as not given.
     *
     * @param array<mixed> $options by name in snake case
     *
     * @return array<string, mixed>
     */
    public static function read(array $options, bool $inArray): array
    {
        $given = [];
        foreach ($options as $name => $value) {
            $name = (string) $name;
            if (!isset(self::TABLE[$name])) {
                throw Refusal::unknown($name, $value, Suggestion::nearest($name, array_keys(self::TABLE)));
            }
            if ($value !== null) {
                $given[$name] = self::setting($name, $value, $inArray);
            }
        }

        return $given;
    }

    /**
     * The defaults with these on top; refused where two contradict each other.
     *
     * @param array<string, mixed> $given
     *
     * @return array<string, mixed>
     */
    public static function complete(array $given): array
    {
        $all = [];
        foreach (self::TABLE as $name => $kind) {
            $all[$name] = $given[$name] ?? match ($kind[0]) {
                'choice' => $kind[1][0],
                'names', 'keys', 'patterns' => [],
                default => $kind[1],
            };
        }
        [$frame, $buffer] = [self::number($all, 'max_frame_size'), self::number($all, 'parser_buffer_limit')];
        if ($buffer < $frame + self::DELIMITER) {
            throw isset($given['parser_buffer_limit'])
                ? Refusal::invalid('parser_buffer_limit', $buffer, 'is less than max_frame_size and its delimiter (' . ($frame + self::DELIMITER) . ')')
                : Refusal::invalid('max_frame_size', $frame, "does not fit with its delimiter into parser_buffer_limit ($buffer)");
        }
        $memory = self::number($all, 'memory_limit');
        if ($memory > 0 && $memory < self::MIN_MEMORY_LIMIT) {
            throw Refusal::invalid('memory_limit', $memory, 'is out of range (' . self::MIN_MEMORY_LIMIT . ' to ' . self::TIB . ', or 0 for none)');
        }
        [$min, $max] = [self::number($all, 'backoff_min_ms'), self::number($all, 'backoff_max_ms')];
        if ($max < $min) {
            throw isset($given['backoff_max_ms'])
                ? Refusal::invalid('backoff_max_ms', $max, "is less than backoff_min_ms ($min)")
                : Refusal::invalid('backoff_min_ms', $min, "is more than backoff_max_ms ($max)");
        }

        return $all;
    }

    /** @param array<string, mixed> $given what a server has for itself */
    public static function refuseShared(array $given): void
    {
        foreach ($given as $name => $value) {
            if (\in_array($name, self::OF_PROCESS, true)) {
                throw Refusal::invalid($name, $value, 'cannot be set for one server; it holds for all servers of the process');
            }
        }
    }

    private static function setting(string $name, mixed $value, bool $inArray): mixed
    {
        $kind = self::TABLE[$name];
        if ($kind[0] === 'seconds') {
            return Settings::seconds($name, $value, $kind[2], $kind[3], $inArray);
        }
        if ($kind[0] === 'whole') {
            return Settings::whole($name, $value, $kind[2], $kind[3], $inArray);
        }
        if ($kind[0] === 'choice') {
            return Settings::choice($name, $value, $kind[1]);
        }

        return match ($kind[0]) {
            'flag' => Settings::flag($name, $value, $inArray),
            'names' => self::names($name, $value),
            'keys' => self::keys($name, $value),
            'patterns' => self::patterns($name, $value),
        };
    }

    /** @param array<string, mixed> $all */
    private static function number(array $all, string $name): int
    {
        $number = $all[$name] ?? null;

        return \is_int($number) ? $number : throw new \LogicException("$name is no number");
    }

    /** @return list<string> in lower case, each once */
    private static function names(string $key, mixed $value): array
    {
        $values = Settings::elements($value) ?? throw Refusal::invalid($key, $value, 'must be a list of event names');
        if (\count($values) > 1_000) {
            throw Refusal::invalid($key, $values, 'is over the limit of 1000 names');
        }
        $names = [];
        foreach ($values as $place => $name) {
            if (!\is_string($name)) {
                throw Refusal::invalid("$key.$place", $name, 'must be an event name, ' . Shown::type($name) . ' given');
            }
            if (preg_match('/\A[!-~]{1,128}\z/', $name) !== 1) {
                throw Refusal::invalid("$key.$place", $name, 'is no event name (1 to 128 printable ASCII characters without spaces)');
            }
            $names[] = strtolower($name);
        }

        return array_values(array_unique($names));
    }

    /** @return list<string> */
    private static function keys(string $key, mixed $value): array
    {
        return self::texts($key, $value, 1_000, 'name', static fn(string $name): ?string => match (true) {
            \strlen($name) > 128 => 'is longer than 128 bytes',
            preg_match('/[A-Za-z0-9]/', $name) !== 1 => 'has no letter and no digit',
            default => null,
        });
    }

    /** @return list<string> */
    private static function patterns(string $key, mixed $value): array
    {
        return self::texts($key, $value, 100, 'pattern', static fn(string $pattern): ?string => match (true) {
            \strlen($pattern) > 1_000 => 'is longer than 1000 bytes',
            preg_match('/\A[!-\/:-@\[\]-`{-~]/', $pattern) !== 1 => 'must stand between delimiters, as in preg_match(): "/pattern/i"',
            @preg_match($pattern, '') === false => 'is no valid pattern: ' . preg_replace('/^preg_match\(\): /', '', error_get_last()['message'] ?? preg_last_error_msg()),
            preg_match($pattern, '') === 1 => 'matches the empty text, and so every text',
            default => null,
        });
    }

    /**
     * @param \Closure(string): ?string $reasonAgainst
     *
     * @return list<string>
     */
    private static function texts(string $key, mixed $value, int $most, string $what, \Closure $reasonAgainst): array
    {
        $values = Settings::elements($value) ?? throw Refusal::wrongType($key, $value, "a list of {$what}s");
        if (\count($values) > $most) {
            throw Refusal::invalid($key, $values, "has more than $most elements");
        }
        $texts = [];
        foreach ($values as $place => $text) {
            $text = \is_string($text) ? $text : throw Refusal::wrongType("$key.$place", $text, "a $what");
            $reason = $reasonAgainst($text);
            $texts[] = $reason === null ? $text : throw Refusal::invalid("$key.$place", $text, $reason);
        }

        return $texts;
    }
}
