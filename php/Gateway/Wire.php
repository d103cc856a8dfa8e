<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/**
 * JSON of values whose texts are bytes: AMI says nothing of encodings. A text that is not UTF-8 is `{"base64": "…"}`.
 *
 * @internal
 */
final class Wire
{
    /** Nobody writes deeper than this, and nobody is to be made to read deeper. */
    private const int MAX_DEPTH = 16;

    public static function encode(mixed $value): string
    {
        return json_encode(self::outward($value), JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE, self::MAX_DEPTH);
    }

    /** @throws \JsonException */
    public static function decode(string $json): mixed
    {
        return self::inward(json_decode($json, true, self::MAX_DEPTH, JSON_THROW_ON_ERROR));
    }

    private static function outward(mixed $value): mixed
    {
        if (\is_string($value)) {
            return preg_match('//u', $value) === 1 ? $value : ['base64' => base64_encode($value)];
        }

        return \is_array($value) ? array_map(self::outward(...), $value) : $value;
    }

    private static function inward(mixed $value): mixed
    {
        if (!\is_array($value)) {
            return $value;
        }
        if (\count($value) === 1 && \is_string($value['base64'] ?? null)) {
            return (string) base64_decode($value['base64'], true);
        }

        return array_map(self::inward(...), $value);
    }
}
