<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

/**
 * Values as messages show them.
 *
 * @internal
 */
final class Shown
{
    /** Longest part of a value that a message shows, in bytes. */
    private const int MAX = 60;

    public static function value(mixed $value): string
    {
        return match (true) {
            $value === null => 'null',
            \is_bool($value) => $value ? 'true' : 'false',
            \is_float($value) => match (true) {
                is_nan($value) => 'NAN',
                is_infinite($value) => $value > 0 ? 'INF' : '-INF',
                default => str_contains(self::float($value), '.') ? self::float($value) : self::float($value) . '.0',
            },
            \is_int($value) => (string) $value,
            \is_string($value) => self::quoted(self::utf8(substr($value, 0, self::MAX)), \strlen($value) > self::MAX ? '...' : ''),
            \is_array($value) => 'an array of ' . \count($value),
            default => self::type($value),
        };
    }

    /** A type as a PHP developer calls it, of an object its class. */
    public static function type(mixed $value): string
    {
        return \is_resource($value) ? 'resource' : get_debug_type($value);
    }

    /** A text in quotes, with what is no letter written out. */
    public static function quoted(string $text, string $rest = '', string $nul = '\u{0}'): string
    {
        $escape = static fn(string $byte): string => match ($byte) {
            '"' => '\"',
            '\\' => '\\\\',
            "\t" => '\t',
            "\r" => '\r',
            "\n" => '\n',
            "\0" => $nul,
            default => '\u{' . dechex(\ord($byte)) . '}',
        };

        return '"' . preg_replace_callback('/["\\\\\x00-\x1f\x7f]/', static fn(array $found): string => $escape($found[0]), $text) . $rest . '"';
    }

    /** The first bytes of a text, for people. */
    public static function beginning(string $bytes, int $most): string
    {
        return self::utf8(substr($bytes, 0, $most)) . (\strlen($bytes) > $most ? '…' : '');
    }

    /** Bytes that are no UTF-8 become U+FFFD. */
    public static function utf8(string $bytes): string
    {
        $text = json_decode((string) json_encode($bytes, \JSON_INVALID_UTF8_SUBSTITUTE));

        return \is_string($text) ? $text : '';
    }

    /** A number in its shortest form, without an exponent, whatever php.ini says. */
    public static function float(float $number): string
    {
        $text = '';
        for ($digits = 0; $digits < 17; $digits++) {
            $text = \sprintf("%.{$digits}e", $number);
            if ((float) $text === $number) {
                break;
            }
        }
        [$mantissa, $exponent] = explode('e', $text);
        $sign = $number < 0.0 || fdiv(1.0, $number) < 0.0 ? '-' : '';
        $figures = str_replace(['-', '.'], '', $mantissa);
        $point = 1 + (int) $exponent;
        if ($point <= 0) {
            $figures = str_repeat('0', 1 - $point) . $figures;
            $point = 1;
        }
        $figures = str_pad($figures, $point, '0');
        $fraction = rtrim(substr($figures, $point), '0');

        return $sign . substr($figures, 0, $point) . ($fraction === '' ? '' : ".$fraction");
    }
}
