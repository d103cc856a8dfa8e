<?php

declare(strict_types=1);

namespace Apn\AmiClient\Actions;

use Apn\AmiClient\CompletionStrategy;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\VersionedAction;

/**
 * What the classes of this folder have in common. They are generated from what Asterisk documents.
 *
 * A value that Asterisk would misread is refused when the action is sent, as with any action.
 */
abstract readonly class TypedAction implements VersionedAction
{
    /** The name of the action. */
    public const string NAME = '';

    /** @var list<string> what since() returns */
    protected const array SINCE = [];

    /** What removedIn() returns. */
    protected const ?string REMOVED_IN = null;

    final public function name(): string
    {
        return static::NAME;
    }

    /** @return array<string, string|int|float|bool|list<string|int|float|bool>> only those that were given */
    public function headers(): array
    {
        return [];
    }

    public function completionStrategy(): ?CompletionStrategy
    {
        return null;
    }

    final public function since(): array
    {
        return static::SINCE;
    }

    final public function removedIn(): ?string
    {
        return static::REMOVED_IN;
    }

    /**
     * @param array<string, string|int|float|bool|list<string|int|float|bool>|null> $headers
     *
     * @return array<string, string|int|float|bool|list<string|int|float|bool>>
     */
    final protected static function given(array $headers): array
    {
        return array_filter($headers, static fn(mixed $value): bool => $value !== null && $value !== []);
    }

    /**
     * Adds headers of the application's own. One that is named like an argument's, in whatever case, would silently take
     * its place.
     *
     * @param array<string, string|int|float|bool|list<string|int|float|bool>|null> $headers
     * @param array<array-key, string|int|float|bool|list<string|int|float|bool>> $more
     *
     * @return array<string, string|int|float|bool|list<string|int|float|bool>|null>
     */
    final protected static function with(array $headers, array $more): array
    {
        $own = array_change_key_case($headers);
        foreach ($more as $name => $value) {
            if (is_int($name)) {
                throw new InvalidConfigurationException("headers: $name is no name of a header; they are given as name => value");
            }
            if (array_key_exists(strtolower($name), $own)) {
                throw new InvalidConfigurationException("headers: \"$name\" has an argument of its own");
            }
            $headers[$name] = $value;
        }

        return $headers;
    }

    /** Keeps a secret out of dumps and exports; what has one cannot be serialized. */
    final protected static function hidden(#[\SensitiveParameter] ?string $secret): ?\SensitiveParameterValue
    {
        return $secret === null ? null : new \SensitiveParameterValue($secret);
    }

    final protected static function shown(?\SensitiveParameterValue $secret): ?string
    {
        $value = $secret?->getValue();

        return is_string($value) ? $value : null;
    }

    /** What Asterisk compares with `on`. */
    final protected static function on(?bool $value): ?string
    {
        return $value === null ? null : ($value ? 'on' : 'off');
    }

    /** What Asterisk compares with `yes`. */
    final protected static function yes(?bool $value): ?string
    {
        return $value === null ? null : ($value ? 'yes' : 'no');
    }

    /** @param list<string>|string $names */
    final protected static function names(array|string $names): ?string
    {
        return match ($names) {
            [], '' => null,
            default => is_string($names) ? $names : implode(',', $names),
        };
    }

    /** @param bool|list<string>|string|null $classes classes of events; none where the list is empty */
    final protected static function mask(array|bool|string|null $classes): ?string
    {
        return match (true) {
            is_bool($classes) => self::on($classes),
            is_array($classes) => $classes === [] ? 'off' : implode(',', $classes),
            default => $classes,
        };
    }

    /**
     * One header a variable. A list, in which names were forgotten, and a value that is no text are refused. Asterisk takes the header apart at commas, and quotes and backslashes out of it
     * (AST_STANDARD_APP_ARGS in main/app.c), unless a backslash stands before them. In the dialplan, `1` is true and `0` is
     * not, while any word is.
     *
     * @param array<array-key, mixed> $variables
     *
     * @return list<string>
     */
    final protected static function variables(#[\SensitiveParameter] array $variables): array
    {
        $lines = [];
        foreach ($variables as $name => $value) {
            if (is_int($name)) {
                throw new InvalidConfigurationException("variables: $name is no name of a variable; they are given as name => value");
            }
            $value = match (true) {
                is_bool($value) => $value ? '1' : '0',
                is_float($value) => var_export($value, true),
                is_string($value), is_int($value), $value instanceof \Stringable => (string) $value,
                default => throw new InvalidConfigurationException("variables: the value of \"$name\" is of type " . get_debug_type($value) . ', which has no text'),
            };
            $lines[] = addcslashes("$name=$value", '\\",');
        }

        return $lines;
    }

    /**
     * @param array<array-key, int> $values
     *
     * @return array<string, int> `Name(0)` and so on
     */
    final protected static function indexed(string $name, array $values): array
    {
        $headers = [];
        foreach (array_values($values) as $index => $value) {
            $headers["$name($index)"] = $value;
        }

        return $headers;
    }
}
