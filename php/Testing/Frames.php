<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\InvalidConfigurationException;

/**
 * Writes what a server would send.
 *
 * @phpstan-type Value string|int|float|bool|\Stringable|null
 * @phpstan-type Headers array<array-key, Value|list<Value>>
 *
 * @internal
 */
final class Frames
{
    /** @param Headers $headers */
    public static function event(string $serverKey, string $name, array $headers, float $receivedAt, ?string $actionId = null): AmiEvent
    {
        return AmiEvent::fromRaw($serverKey, self::text('Event', $name, $headers, $actionId), $receivedAt);
    }

    /** @param Headers $headers */
    public static function response(string $serverKey, string $status, array $headers, float $receivedAt, string $actionId): AmiResponse
    {
        return AmiResponse::fromRaw($serverKey, self::text('Response', $status, $headers, $actionId), $receivedAt);
    }

    /** A frame as it was written down; the id goes into its second line, as Asterisk has it, unless it has one. */
    public static function raw(string $serverKey, string $frame, float $receivedAt, string $actionId): AmiEvent|AmiResponse
    {
        if (preg_match('/^ActionID\s*:/mi', $frame) !== 1) {
            $frame = (string) preg_replace('/(\r?\n)|\z/', "\r\nActionID: $actionId$1", $frame, 1);
        }

        return preg_match('/^Event\s*:/mi', $frame) === 1 && preg_match('/\A\s*Response\s*:/i', $frame) !== 1
            ? AmiEvent::fromRaw($serverKey, $frame, $receivedAt)
            : AmiResponse::fromRaw($serverKey, $frame, $receivedAt);
    }

    /** @param Headers $headers */
    private static function text(string $kind, string $name, array $headers, ?string $actionId): string
    {
        $lines = [self::line($kind, $name)];
        if ($actionId !== null) {
            $lines[] = self::line('ActionID', $actionId);
        }
        foreach ($headers as $key => $values) {
            foreach (\is_array($values) ? $values : [$values] as $value) {
                if ($value !== null) {
                    $lines[] = self::line((string) $key, \is_bool($value) ? ($value ? 'true' : 'false') : (string) $value);
                }
            }
        }

        return implode("\r\n", $lines);
    }

    /** @throws InvalidConfigurationException where it would be more than one line: fromRaw() is the way to frames that are forged */
    private static function line(string $key, string $value): string
    {
        if (strpbrk($key . $value, "\r\n") !== false) {
            throw Failures::invalid($key, $value, 'a header of a fake has no line ends in it; write the whole frame by fromRaw() if it has to');
        }

        return "$key: $value";
    }
}
