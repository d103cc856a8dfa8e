<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Apn\AmiClient\Bridge\EventPayload;

/** Names with `{server}` and `{event}` in them. */
final class Placeholders
{
    private function __construct() {}

    /**
     * Braces around other words stay: Redis Cluster keeps keys with the same `{tag}` together.
     *
     * @param list<string> $allowed
     *
     * @throws InvalidSettingException where one of those known stands where it cannot
     */
    public static function check(string $path, string $pattern, array $allowed): void
    {
        foreach (array_diff(['server', 'event'], $allowed) as $name) {
            if (str_contains($pattern, '{' . $name . '}')) {
                throw InvalidSettingException::mustBe($path, $pattern, 'without {' . $name . '}');
            }
        }
    }

    public static function fill(string $pattern, EventPayload $payload): string
    {
        return strtr($pattern, ['{server}' => $payload->serverKey, '{event}' => $payload->name]);
    }
}
