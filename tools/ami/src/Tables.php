<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Ami;

/**
 * What was written by hand; each file says what it holds.
 *
 * @phpstan-type Says array{
 *     0: string,
 *     1?: array<string, array{0: string, 1: string, 2?: string}|null>,
 *     2?: list<string>|null,
 *     3?: array<string, string|bool>,
 * }
 * @phpstan-type Code array{string, list<string>, string}
 * @phpstan-type Files array{
 *     actions: array<string, Says>,
 *     parameters: array<string, array{string, string}>,
 *     extra: array<string, list<array{string, bool}>>,
 *     removed: array{
 *         modules: array<string, string>,
 *         removed: array<string, string>,
 *         since: array<string, string>,
 *         events: array<string, string>,
 *         never: list<string>,
 *     },
 *     completion: array{sometimes: list<string>, code: array<string, Code>},
 *     events: array{names: array<string, string>, classes: array<string, string>, undocumented: array<string, string>},
 *     lists: array<string, array{list<string>, string}>,
 *     items: array<string, list<string>>,
 * }
 */
final readonly class Tables
{
    /**
     * @param Files['actions'] $actions
     * @param Files['parameters'] $parameters
     * @param Files['extra'] $extra
     * @param Files['removed'] $removed
     * @param Files['completion'] $completion
     * @param Files['events'] $events
     * @param Files['lists'] $lists
     * @param Files['items'] $items
     */
    private function __construct(
        public array $actions,
        public array $parameters,
        public array $extra,
        public array $removed,
        public array $completion,
        public array $events,
        public array $lists,
        public array $items,
    ) {}

    public static function read(string $folder): self
    {
        $tables = [];
        foreach (['actions', 'parameters', 'extra', 'removed', 'completion', 'events', 'lists', 'items'] as $name) {
            $tables[$name] = require "$folder/$name.php";
        }

        /** @var Files $tables */
        return new self(...$tables);
    }
}
