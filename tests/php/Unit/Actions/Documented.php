<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Actions;

use Apn\AmiClient\Actions\ConfigChange;
use Apn\AmiClient\Actions\TypedAction;

/**
 * What Asterisk documents, and objects of all typed actions to hold against it. Reads the facts by itself: an error in the
 * generator must not hide behind the same error here.
 */
final class Documented
{
    private const string FACTS = __DIR__ . '/../../../../tools/ami';

    /** Documented by Asterisk 13 and 16, and registered by no version. */
    private const array NEVER = ['FilterList'];

    /** @return array<string, array<string, array{name: string, required: bool, values: list<string>}>> parameters by action and lower-case header */
    public static function actions(string $version): array
    {
        /** @var array<string, array{parameters: list<array{name: string, required?: bool, values?: list<string>}>}> $documented */
        $documented = self::facts("asterisk-$version")['actions'];
        $actions = [];
        foreach ($documented as $name => $action) {
            $actions[$name] = [];
            foreach ($action['parameters'] as $parameter) {
                $actions[$name][strtolower($parameter['name'])] = $parameter + ['required' => false, 'values' => []];
            }
        }

        return array_diff_key($actions, array_flip(self::NEVER));
    }

    /** @return list<string> */
    public static function events(string $version): array
    {
        /** @var array<string, mixed> $events */
        $events = self::facts("asterisk-$version")['events'];

        return array_keys($events);
    }

    /** @return array<string, array{complete_event: ?string, eventlist_start: ?string, item_events: list<string>}> */
    public static function lists(): array
    {
        /** @var array<string, array{complete_event: ?string, eventlist_start: ?string, item_events: list<string>}> */
        return self::facts('lists');
    }

    /** @return iterable<string, array{class-string<TypedAction>}> */
    public static function classes(): iterable
    {
        foreach (array_keys(self::actions('22') + self::actions('16')) as $name) {
            yield $name => [self::class($name)];
        }
    }

    /** @return class-string<TypedAction> */
    public static function class(string $name): string
    {
        /** @var class-string<TypedAction> $class */
        $class = "Apn\\AmiClient\\Actions\\$name";

        return $class;
    }

    /** @param class-string<TypedAction> $class */
    public static function withRequiredArguments(string $class): TypedAction
    {
        return self::make($class, static fn(\ReflectionParameter $parameter): bool => !$parameter->isOptional());
    }

    /** @param class-string<TypedAction> $class */
    public static function withAllArguments(string $class): TypedAction
    {
        return self::make($class, static fn(): bool => true);
    }

    /**
     * @param class-string<TypedAction> $class
     * @param callable(\ReflectionParameter): bool $isGiven
     */
    private static function make(string $class, callable $isGiven): TypedAction
    {
        $arguments = [];
        foreach ((new \ReflectionClass($class))->getConstructor()?->getParameters() ?? [] as $parameter) {
            if ($isGiven($parameter)) {
                $arguments[$parameter->getName()] = self::value($parameter);
            }
        }

        return new $class(...$arguments);
    }

    private static function value(\ReflectionParameter $parameter): mixed
    {
        $types = explode('|', ltrim((string) $parameter->getType(), '?'));

        return match (true) {
            $parameter->getName() === 'changes' => [ConfigChange::update('general', 'a', 'b')],
            in_array($parameter->getName(), ['unitAmounts', 'unitTypes'], true) => [1],
            in_array($parameter->getName(), ['variables', 'headers'], true) && $types === ['array'] => ['Name' => 'value'],
            in_array('array', $types, true) => ['one', 'two'],
            in_array('string', $types, true) => 'text',
            in_array('int', $types, true) => 1,
            default => true,
        };
    }

    /** @return array<string, mixed> */
    private static function facts(string $name): array
    {
        /** @var array<string, mixed> */
        return json_decode((string) file_get_contents(self::FACTS . "/$name.json"), true, 512, JSON_THROW_ON_ERROR);
    }
}
