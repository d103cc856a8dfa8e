<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

use Apn\AmiClient\InvalidConfigurationException;

/**
 * The headers of an action: everything that Asterisk would read otherwise, or answer late or twice, is refused.
 *
 * @internal
 */
final class Headers
{
    /** Header lines of an action, `Action` and `ActionID` counted. */
    private const int MAX_LINES = 128;

    /** Bytes of a line with its CRLF. */
    private const int MAX_LINE = 1_024;

    /** How much of a refused value a message shows. */
    private const int SHOWN = 64;

    public static function name(string $name): string
    {
        $name = ltrim($name, " \t");
        if (trim($name, " \t\n\r\f") === '') {
            throw self::refused('name', '', 'an action needs a name');
        }
        self::checkLine('Action', $name);

        return $name;
    }

    /**
     * @param array<mixed> $headers
     *
     * @return list<array{string, string}>
     */
    public static function read(string $action, #[\SensitiveParameter] array $headers): array
    {
        $isOriginate = strcasecmp($action, 'Originate') === 0;
        $lines = [];
        $isAsyncGiven = false;
        foreach ($headers as $key => $values) {
            if (!\is_string($key)) {
                throw Refusal::ofType('headers', $values, "stands at place $key without a header's name as its key");
            }
            if (\is_array($values) && !array_is_list($values)) {
                throw self::unfit($key, $values, 'is no list');
            }
            foreach (\is_array($values) ? $values : [$values] as $value) {
                $text = self::text($key, $value);
                $isAsync = $isOriginate && strcasecmp($key, 'Async') === 0;
                // An empty setting is one that is not set. Asterisk would take it for a no.
                if ($text === null || ($isAsync && $text === '')) {
                    continue;
                }
                $lines[] = self::line($key, $text, \count($lines));
                $isAsyncGiven = $isAsyncGiven || $isAsync;
            }
        }
        if ($isOriginate && !$isAsyncGiven) {
            $lines[] = self::line('Async', 'true', \count($lines));
        }

        return $lines;
    }

    /** @return array{string, string} */
    private static function line(string $key, #[\SensitiveParameter] string $value, int $before): array
    {
        $value = ltrim($value, " \t");
        if (strcspn($key, "\r\n\0") < \strlen($key)) {
            throw self::forbidden($key, '', $key[strcspn($key, "\r\n\0")]);
        }
        $shown = Shown::beginning($key, self::SHOWN);
        if ($key === '' || trim($key, " \t\n\r\f") !== $key || preg_match('/[:\x00-\x1f\x7f]/', $key) === 1) {
            throw self::refused($shown, null, 'bad header name ' . self::quoted($shown));
        }
        if (strcasecmp($key, 'Action') === 0 || strcasecmp($key, 'ActionID') === 0) {
            throw self::refused($shown, null, 'header ' . self::quoted($shown) . ' is set by the client');
        }
        self::checkLine($key, $value);
        if ($before + 3 > self::MAX_LINES) {
            throw self::refused('headers', $before + 3, $before + 3 . ' headers with Action and ActionID, ' . self::MAX_LINES . ' are allowed');
        }

        return [$key, $value];
    }

    private static function checkLine(string $key, #[\SensitiveParameter] string $value): void
    {
        $at = strcspn($value, "\r\n\0");
        if ($at < \strlen($value)) {
            throw self::forbidden($key, Secrets::maySecretStandIn($key) ? '***' : Shown::beginning($value, self::SHOWN), $value[$at]);
        }
        $length = \strlen($key) + \strlen($value) + 4;
        if ($length > self::MAX_LINE) {
            $shown = Shown::beginning($key, self::SHOWN);
            throw self::refused(self::of($shown), null, 'header ' . self::quoted($shown) . " makes a line of $length bytes, " . self::MAX_LINE . ' are allowed');
        }
    }

    private static function text(string $key, #[\SensitiveParameter] mixed $value): ?string
    {
        return match (true) {
            $value === null => null,
            \is_string($value) => $value,
            \is_int($value) => (string) $value,
            \is_bool($value) => $value ? 'true' : 'false',
            \is_float($value) && is_finite($value) => Shown::float($value),
            $value instanceof \Stringable => (string) $value,
            default => throw self::unfit($key, $value, 'is neither a string, a finite number, a boolean, a Stringable, null nor a list of these'),
        };
    }

    private static function unfit(string $key, #[\SensitiveParameter] mixed $value, string $reason): InvalidConfigurationException
    {
        return Refusal::ofType(Shown::utf8(substr($key, 0, 60)), $value, $reason);
    }

    private static function forbidden(string $key, string $shown, string $byte): InvalidConfigurationException
    {
        $key = Shown::beginning($key, self::SHOWN);
        $said = \sprintf('byte 0x%02x in header %s (value %s)', \ord($byte), self::quoted($key), self::quoted($shown));

        return self::refused(self::of($key), $shown, $said);
    }

    private static function refused(string $key, mixed $value, string $said): InvalidConfigurationException
    {
        return Refusal::raw("the action cannot be sent: $said", $key, $value);
    }

    /** What the caller calls a line of the action. */
    private static function of(string $header): string
    {
        return $header === 'Action' ? 'name' : $header;
    }

    private static function quoted(string $text): string
    {
        return Shown::quoted($text, nul: '\0');
    }
}
