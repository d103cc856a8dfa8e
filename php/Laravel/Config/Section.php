<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

/**
 * Reads a part of `config/ami-client.php`. Each setting that is asked for is a known one; done() refuses the others.
 *
 * As environment variables are strings, a number may be a numeric string, a switch one of `true`, `false`, `1`, `0`, `on`, `off`, `yes`
 * and `no`, and a list one string with commas between. An empty string, as in `AMI_GATEWAY=` of an `.env`, is the same as null: not set.
 */
final class Section
{
    /** @var list<string> */
    private array $asked = [];

    /**
     * @param array<array-key, mixed> $settings
     * @param string $path for messages, such as `ami-client.gateway`
     */
    public function __construct(
        #[\SensitiveParameter]
        private readonly array $settings,
        public readonly string $path,
    ) {}

    /** Refuses what was not asked for. Call it last. */
    public function done(): void
    {
        foreach (array_keys($this->settings) as $name) {
            if (!\in_array((string) $name, $this->asked, true)) {
                throw InvalidSettingException::unknown($this->path($name), $this->asked);
            }
        }
    }

    public function bool(string $name, bool $default): bool
    {
        $value = $this->value($name) ?? $default;
        $read = \is_bool($value) ? $value : (\is_int($value) || \is_string($value) ? filter_var($value, \FILTER_VALIDATE_BOOL, \FILTER_NULL_ON_FAILURE) : null);

        return $read ?? throw InvalidSettingException::mustBe($this->path($name), $value, 'true or false');
    }

    public function int(string $name, int $default, int $least, int $most): int
    {
        return $this->intOrNull($name, $least, $most) ?? $default;
    }

    /** Null where it is not set. */
    public function intOrNull(string $name, int $least, int $most): ?int
    {
        $value = $this->value($name);
        if ($value === null) {
            return null;
        }
        $read = \is_int($value) || \is_string($value) ? filter_var($value, \FILTER_VALIDATE_INT) : false;
        if ($read === false || $read < $least || $read > $most) {
            throw InvalidSettingException::mustBe($this->path($name), $value, 'a whole number from ' . number_format($least) . ' to ' . number_format($most));
        }

        return $read;
    }

    public function float(string $name, float $default, float $least, float $most): float
    {
        return $this->floatOrNull($name, $least, $most) ?? $default;
    }

    public function floatOrNull(string $name, float $least, float $most): ?float
    {
        $value = $this->value($name);
        if ($value === null) {
            return null;
        }
        $read = \is_int($value) || \is_float($value) || (\is_string($value) && is_numeric($value)) ? (float) $value : \NAN;
        if (!($read >= $least && $read <= $most)) {
            throw InvalidSettingException::mustBe($this->path($name), $value, "a number from $least to $most");
        }

        return $read;
    }

    public function string(string $name, string $default): string
    {
        return $this->stringOrNull($name) ?? $default;
    }

    /** @param bool $secret whether messages hide the value */
    public function stringOrNull(string $name, bool $secret = false): ?string
    {
        $value = $this->value($name);
        if ($value !== null && !\is_string($value)) {
            throw InvalidSettingException::mustBe($this->path($name), $value, 'a string', $secret);
        }

        return $value;
    }

    /**
     * @template T of string
     *
     * @param T $default
     * @param list<T> $allowed
     *
     * @return T
     */
    public function oneOf(string $name, string $default, array $allowed): string
    {
        $value = $this->stringOrNull($name) ?? $default;
        $at = array_search($value, $allowed, true);

        return $at === false ? throw InvalidSettingException::choice($this->path($name), $value, $allowed) : $allowed[$at];
    }

    /**
     * @param list<string> $default
     *
     * @return list<string> without empty ones
     */
    public function strings(string $name, array $default = []): array
    {
        $value = $this->value($name) ?? $default;
        if (\is_string($value)) {
            $value = array_map(trim(...), explode(',', $value));
        }
        if (!\is_array($value) || !array_is_list($value)) {
            throw InvalidSettingException::mustBe($this->path($name), $value, 'a list, or one string with commas between');
        }
        $strings = [];
        foreach ($value as $at => $one) {
            if (!\is_string($one)) {
                throw InvalidSettingException::mustBe($this->path("$name.$at"), $one, 'a string');
            }
            if ($one !== '') {
                $strings[] = $one;
            }
        }

        return $strings;
    }

    /**
     * A map of settings whose names are the application's own.
     *
     * @return array<array-key, mixed>
     */
    public function map(string $name): array
    {
        $value = $this->value($name) ?? [];

        return \is_array($value) ? $value : throw InvalidSettingException::mustBe($this->path($name), $value, 'an array');
    }

    /** A part of this one; done() is its own. */
    public function section(string $name): self
    {
        return new self($this->map($name), $this->path($name));
    }

    /** Whatever it is; null where it is not set. */
    public function value(string $name): mixed
    {
        $this->asked[] = $name;
        $value = $this->settings[$name] ?? null;

        return $value === '' ? null : $value;
    }

    /** The whole name of a setting, for messages. */
    public function path(string|int $name): string
    {
        return "$this->path.$name";
    }
}
