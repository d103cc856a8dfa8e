<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Apn\AmiClient\InvalidConfigurationException;

/**
 * A setting of `config/ami-client.php` cannot be used. key() is its whole path, such as `ami-client.servers.main.port`.
 *
 * Where the configuration is cached, the cure is a correct value and `php artisan config:cache`.
 */
final class InvalidSettingException extends InvalidConfigurationException
{
    /** Names that are further from each other than this are no slip of the fingers. */
    private const int MAX_DISTANCE = 3;

    private const int MAX_SHOWN_BYTES = 100;

    public function __construct(
        private readonly string $setting,
        #[\SensitiveParameter]
        private readonly mixed $given,
        string $message,
        private readonly ?string $nearest = null,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, 0, $previous);
    }

    /**
     * @param string $path of the unknown setting
     * @param list<string> $known the names that it could have had
     */
    public static function unknown(string $path, array $known): self
    {
        $nearest = self::nearest(substr($path, (int) strrpos('.' . $path, '.')), $known);
        $hint = match (true) {
            $nearest !== null => "did you mean \"$nearest\"?",
            $known === [] => 'nothing is set here',
            default => 'known are: ' . implode(', ', $known),
        };

        return new self($path, null, "setting \"$path\" is unknown; $hint", $nearest);
    }

    /** @param string $expected completes the sentence "... must be" */
    public static function mustBe(string $path, #[\SensitiveParameter] mixed $given, string $expected, bool $secret = false): self
    {
        $given = $secret ? '***' : $given;

        return new self($path, $given, "$path: " . self::shown($given) . " must be $expected");
    }

    /** @param list<string> $allowed */
    public static function choice(string $path, string $given, array $allowed): self
    {
        $nearest = self::nearest($given, $allowed);

        return new self($path, $given, "$path: \"$given\" is not one of: " . implode(', ', $allowed)
            . ($nearest === null ? '' : "; did you mean \"$nearest\"?"), $nearest);
    }

    /** The same refusal under the path that the setting has in an application. */
    public static function under(string $prefix, InvalidConfigurationException $cause): self
    {
        $key = $cause->key();
        $message = $cause->getMessage();
        $at = $key === '' ? false : strpos($message, $key);
        $message = $at === false ? "$prefix: $message" : substr_replace($message, "$prefix.$key", $at, \strlen($key));

        return new self($key === '' ? $prefix : "$prefix.$key", $cause->value(), $message, $cause->suggestion(), $cause);
    }

    public function key(): string
    {
        return $this->setting;
    }

    public function value(): mixed
    {
        return $this->given;
    }

    public function suggestion(): ?string
    {
        return $this->nearest;
    }

    /** @param list<string> $names */
    private static function nearest(string $name, array $names): ?string
    {
        $best = null;
        $least = min(self::MAX_DISTANCE, intdiv(\strlen($name), 2)) + 1;
        foreach ($names as $candidate) {
            $distance = levenshtein(strtolower($name), strtolower($candidate));
            if ($distance < $least) {
                [$best, $least] = [$candidate, $distance];
            }
        }

        return $best;
    }

    private static function shown(mixed $value): string
    {
        return match (true) {
            \is_string($value) => '"' . (\strlen($value) > self::MAX_SHOWN_BYTES ? substr($value, 0, self::MAX_SHOWN_BYTES) . '…' : $value) . '"',
            \is_bool($value), \is_int($value), \is_float($value), $value === null => var_export($value, true),
            \is_array($value) => 'an array of ' . \count($value),
            default => get_debug_type($value),
        };
    }
}
