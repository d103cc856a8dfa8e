<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

use Apn\AmiClient\Action;
use Apn\AmiClient\Actions\TypedAction;
use Apn\AmiClient\Diagnosis\Catalog;
use Apn\AmiClient\GenericAction;

/**
 * An action as somebody types it: `Originate Channel=PJSIP/alice Exten=100 Context=default Priority=1`.
 *
 * Headers are named as Asterisk documents them, or as the arguments of the typed action are; in any case. What that action does not
 * have, or cannot be, is refused before anything is sent, as Asterisk ignores what it does not know.
 */
final readonly class ActionInput
{
    /** Names that are further from each other than this are no slip of the fingers. */
    private const int MOST_DISTANCE = 3;

    private const array TRUE = ['yes', 'true', 'on', '1'];

    private const array FALSE = ['no', 'false', 'off', '0'];

    /**
     * @param list<string> $pairs as name=value
     * @param bool $isAsGiven sends what is not known, too, and checks nothing but the form
     *
     * @throws \InvalidArgumentException says what is wrong, and what was probably meant
     */
    public static function read(string $name, #[\SensitiveParameter] array $pairs, bool $isAsGiven = false): Action
    {
        $given = self::pairs($pairs);
        $known = Catalog::actionNamed($name);
        $class = $known === null ? null : self::class($known);
        if ($isAsGiven || $class === null) {
            if (!$isAsGiven) {
                $nearest = self::nearest($name, Catalog::actions());
                throw new \InvalidArgumentException("there is no action \"$name\"" . ($nearest === null ? '.' : "; did you mean \"$nearest\"?") . ' What a module of your own adds is sent with --as-given.');
            }
            $headers = [];
            foreach ($given as [$header, $value]) {
                $headers[$header] = isset($headers[$header]) ? [...(array) $headers[$header], $value] : $value;
            }

            return new GenericAction($known ?? $name, $headers, self::strategy($class));
        }

        return self::typed($class, $given);
    }

    /**
     * What an action takes, a line each.
     *
     * @return list<string>
     */
    public static function usage(string $name): array
    {
        $class = self::class(Catalog::actionNamed($name) ?? '');
        if ($class === null) {
            return [];
        }
        $lines = [];
        $headers = self::headerNames($class);
        foreach (self::parameters($class) as $parameter) {
            $lines[] = \sprintf('%s=  %s%s', $headers[$parameter->getName()], $parameter->isOptional() ? '' : 'required: ', self::says($class, $parameter->getName()));
        }

        return $lines === [] ? ['takes nothing'] : $lines;
    }

    /**
     * @param class-string<TypedAction> $class
     * @param list<array{string, string}> $given
     */
    private static function typed(string $class, #[\SensitiveParameter] array $given): TypedAction
    {
        $byName = [];
        foreach (self::headerNames($class) as $parameter => $header) {
            $byName[self::plain($header)] = $byName[self::plain($parameter)] = $parameter;
        }
        $types = [];
        foreach (self::parameters($class) as $parameter) {
            $types[$parameter->getName()] = explode('|', ltrim((string) $parameter->getType(), '?'));
        }
        /** @var array<string, mixed> $arguments */
        $arguments = [];
        foreach ($given as [$header, $value]) {
            $parameter = $byName[self::plain($header)] ?? null;
            if ($parameter === null && isset($types['headers'])) {
                // UserEvent: whatever the application wants.
                $arguments['headers'] = [...self::list($arguments['headers'] ?? []), $header => $value];

                continue;
            }
            if ($parameter === null) {
                $nearest = self::nearest($header, array_values(self::headerNames($class)));
                throw new \InvalidArgumentException(\sprintf(
                    '%s has no header "%s"%s',
                    $class::NAME,
                    $header,
                    $nearest === null ? ($types === [] ? '; it takes none' : '; it takes ' . implode(', ', self::headerNames($class))) : "; did you mean \"$nearest\"?",
                ));
            }
            if ($parameter === 'changes') {
                throw new \InvalidArgumentException("the changes of UpdateConfig are sent as Asterisk documents them, with --as-given: Action-000000=Update Cat-000000=general Var-000000=...");
            }
            $arguments[$parameter] = self::value($class, $header, $types[$parameter], $value, $arguments[$parameter] ?? null);
        }
        foreach (self::parameters($class) as $parameter) {
            if (!$parameter->isOptional() && !\array_key_exists($parameter->getName(), $arguments)) {
                $header = self::headerNames($class)[$parameter->getName()];
                throw new \InvalidArgumentException($class::NAME . " needs $header=: " . self::says($class, $parameter->getName()));
            }
        }

        return new $class(...$arguments);
    }

    /**
     * @param class-string<TypedAction> $class
     * @param list<string> $types
     */
    private static function value(string $class, string $header, array $types, #[\SensitiveParameter] string $value, mixed $before): mixed
    {
        if (\in_array('array', $types, true)) {
            if (!\in_array('string', $types, true) && str_starts_with(self::plain($header), 'variable')) {
                [$name, $content] = [...explode('=', $value, 2), ''];

                return [...self::list($before ?? []), $name => $content];
            }

            return [...self::list($before ?? []), ...explode(',', $value)];
        }
        if ($before !== null) {
            throw new \InvalidArgumentException("$header is given twice, and " . $class::NAME . " takes it once");
        }
        if (\in_array('string', $types, true)) {
            return $value;
        }
        if (\in_array('bool', $types, true)) {
            return match (true) {
                \in_array(strtolower($value), self::TRUE, true) => true,
                \in_array(strtolower($value), self::FALSE, true) => false,
                default => throw new \InvalidArgumentException("$header must be yes or no"),
            };
        }
        $number = filter_var($value, \FILTER_VALIDATE_INT);
        $number = $number === false && \in_array('float', $types, true) ? filter_var($value, \FILTER_VALIDATE_FLOAT) : $number;

        return $number === false ? throw new \InvalidArgumentException("$header must be a whole number") : $number;
    }

    /**
     * @param list<string> $pairs
     *
     * @return list<array{string, string}>
     */
    private static function pairs(#[\SensitiveParameter] array $pairs): array
    {
        $given = [];
        foreach ($pairs as $pair) {
            $parts = explode('=', $pair, 2);
            // What has no name may be a secret, and is not shown.
            $value = $parts[1] ?? throw new \InvalidArgumentException('headers are given as name=value, such as Channel=PJSIP/alice; ' . (\count($given) + 1) . '. of them has no "="');
            $name = trim($parts[0]);
            if ($name === '') {
                throw new \InvalidArgumentException('headers are given as name=value; one has no name');
            }
            $given[] = [$name, $value];
        }

        return $given;
    }

    /**
     * The header that each argument becomes, found by looking.
     *
     * @param class-string<TypedAction> $class
     *
     * @return array<string, string> by argument
     */
    private static function headerNames(string $class): array
    {
        [$marks, $arguments] = [[], []];
        foreach (self::parameters($class) as $index => $parameter) {
            $name = $parameter->getName();
            $types = explode('|', ltrim((string) $parameter->getType(), '?'));
            $marks[$name] = match (true) {
                \in_array('string', $types, true) => "mark-$index-",
                \in_array('int', $types, true) => (string) (700_000 + $index),
                default => null,
            };
            $arguments[$name] = match (true) {
                $marks[$name] !== null => \in_array('string', $types, true) ? $marks[$name] : (int) $marks[$name],
                \in_array('bool', $types, true) => true,
                default => [],
            };
        }
        $headers = new $class(...$arguments)->headers();
        $names = [];
        foreach (array_keys($arguments) as $name) {
            $found = $marks[$name] === null ? false : array_search($marks[$name], array_map(static fn(mixed $value): string => \is_scalar($value) ? (string) $value : '', $headers), true);
            // Asterisk spells its headers as the arguments are spelt, but for capitals.
            $alike = array_find_key($headers, static fn(mixed $value, string $header): bool => self::plain($header) === self::plain($name));
            $names[$name] = \is_string($found) ? $found : ($alike ?? ($name === 'variables' ? 'Variable' : ucfirst($name)));
        }

        return $names;
    }

    /**
     * @param class-string<TypedAction> $class
     *
     * @return list<\ReflectionParameter>
     */
    private static function parameters(string $class): array
    {
        return new \ReflectionClass($class)->getConstructor()?->getParameters() ?? [];
    }

    /**
     * What the class says of an argument.
     *
     * @param class-string<TypedAction> $class
     */
    private static function says(string $class, string $parameter): string
    {
        $comment = preg_replace('/\s*\n\s*\*\s*/', ' ', (string) new \ReflectionClass($class)->getConstructor()?->getDocComment());

        return preg_match('/@param \S+(?:<.*?>\S*)? \$' . $parameter . ' (.*?)(?: @param | \/|$)/', (string) $comment, $found) === 1 ? trim($found[1]) : $parameter;
    }

    /** @return class-string<TypedAction>|null */
    private static function class(string $name): ?string
    {
        $class = "Apn\\AmiClient\\Actions\\$name";

        return $name !== '' && is_subclass_of($class, TypedAction::class) ? $class : null;
    }

    /** @param class-string<TypedAction>|null $class */
    private static function strategy(?string $class): ?\Apn\AmiClient\CompletionStrategy
    {
        // What needs no argument says by itself how its answer ends.
        return $class !== null && array_all(self::parameters($class), static fn(\ReflectionParameter $parameter): bool => $parameter->isOptional()) ? new $class()->completionStrategy() : null;
    }

    /** @param list<string> $known */
    private static function nearest(string $name, array $known): ?string
    {
        [$nearest, $least] = [null, self::MOST_DISTANCE + 1];
        foreach ($known as $candidate) {
            $distance = levenshtein(strtolower(substr($name, 0, 100)), strtolower($candidate));
            if ($distance < $least) {
                [$nearest, $least] = [$candidate, $distance];
            }
        }

        return $nearest;
    }

    private static function plain(string $name): string
    {
        return strtolower((string) preg_replace('/[^A-Za-z0-9]/', '', $name));
    }

    /** @return array<array-key, mixed> */
    private static function list(mixed $value): array
    {
        return \is_array($value) ? $value : [];
    }
}
