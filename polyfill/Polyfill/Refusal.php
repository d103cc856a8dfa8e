<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

use Apn\AmiClient\InvalidConfigurationException;

/**
 * Makes the exceptions for what cannot be used.
 *
 * @internal
 */
final class Refusal
{
    /** @param string $reason continues the sentence that begins with the value */
    public static function invalid(string $key, mixed $value, string $reason, ?string $suggestion = null): InvalidConfigurationException
    {
        return self::make("$key: " . Shown::value($value) . " $reason", $key, $value, $suggestion);
    }

    public static function wrongType(string $key, mixed $value, string $expected): InvalidConfigurationException
    {
        return self::invalid($key, $value, "must be $expected, " . Shown::type($value) . ' given');
    }

    /** A value of which only the type is shown: it may hold a secret. */
    public static function ofType(string $key, mixed $value, string $reason): InvalidConfigurationException
    {
        $type = Shown::type($value);

        return self::make("$key: $type $reason", $key, $type, null);
    }

    public static function secret(string $key, string $reason): InvalidConfigurationException
    {
        return self::invalid($key, '***', $reason);
    }

    public static function unknown(string $key, mixed $value, ?string $suggestion): InvalidConfigurationException
    {
        $key = Shown::utf8(substr($key, 0, 60));

        return self::make('option ' . Shown::value($key) . ' is unknown', $key, $value, $suggestion);
    }

    public static function missing(string $key): InvalidConfigurationException
    {
        return self::make("$key is required", $key, null, null);
    }

    /** The same seen from one level further out: `port` within `servers.pbx1` is `servers.pbx1.port`. */
    public static function within(string $parent, InvalidConfigurationException $error): InvalidConfigurationException
    {
        return self::at("$parent.{$error->key()}", $error);
    }

    /** The same at another place. */
    public static function at(string $key, InvalidConfigurationException $error): InvalidConfigurationException
    {
        $message = $error->getMessage();
        foreach (["{$error->key()}:", "{$error->key()} is required"] as $begin) {
            if (str_starts_with($message, $begin)) {
                $message = $key . substr($message, \strlen($error->key()));
                break;
            }
        }
        $unknown = 'option ' . Shown::value($error->key()) . ' is unknown';
        if (str_starts_with($message, $unknown)) {
            $message = 'option ' . Shown::value($key) . ' is unknown' . substr($message, \strlen($unknown));
        }

        return self::raw($message, $key, $error->value(), $error->suggestion());
    }

    /** The same for somebody who wrote named arguments. */
    public static function inCamelCase(InvalidConfigurationException $error): InvalidConfigurationException
    {
        $translate = static fn(string $text): string => strtr($text, array_combine(array_keys(Options::TABLE), array_map(Options::camelCase(...), array_keys(Options::TABLE))));

        return self::raw($translate($error->getMessage()), $translate($error->key()), $error->value(), $error->suggestion());
    }

    public static function raw(string $message, string $key, mixed $value, ?string $suggestion = null): InvalidConfigurationException
    {
        $exception = new InvalidConfigurationException($message);
        foreach (['key' => $key, 'value' => $value, 'suggestion' => $suggestion] as $name => $is) {
            new \ReflectionProperty(InvalidConfigurationException::class, $name)->setValue($exception, $is);
        }

        return $exception;
    }

    private static function make(string $message, string $key, mixed $value, ?string $suggestion): InvalidConfigurationException
    {
        $value = \is_object($value) ? $value::class : $value;

        return self::raw($message . ($suggestion === null ? '' : "; did you mean \"$suggestion\"?"), $key, $value, $suggestion);
    }
}
