<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Ami;

/**
 * What is known of AMI: two versions' documentation, lists that were observed, and the tables, joined.
 *
 * @phpstan-type Version array{
 *     actions: array<string, array{
 *         module: ?string,
 *         parameters: list<array{name: string, required?: bool, default?: string, values?: list<string>}>,
 *         since?: list<string>,
 *     }>,
 *     events: array<string, array{class: string, fields: list<string>, since?: list<string>}>,
 * }
 */
final readonly class Facts
{
    /**
     * @param Version $older
     * @param Version $newer
     * @param array<string, string> $endEvents what ends the list that an action always answers with, by action
     * @param array<string, list<string>> $items what the items of that list are called, by action
     * @param array<string, list<string>> $permissions any one of which an action needs
     * @param array<string, string> $classes classes of events, by the name that servers send
     */
    private function __construct(
        public Tables $tables,
        public array $older,
        public array $newer,
        public array $endEvents,
        public array $items,
        public array $permissions,
        public array $classes,
    ) {}

    public static function read(string $folder): self
    {
        /** @var Version $older */
        $older = self::decoded("$folder/asterisk-16.json");
        /** @var Version $newer */
        $newer = self::decoded("$folder/asterisk-22.json");
        /** @var array<string, array{complete_event: ?string, eventlist_start: ?string, item_events: list<string>}> $observed */
        $observed = self::decoded("$folder/lists.json");
        /** @var array<string, list<string>> $permissions */
        $permissions = self::decoded("$folder/permissions.json");
        $tables = Tables::read("$folder/tables");

        $endEvents = array_map(static fn(array $list): string => $list[1], $tables->lists);
        $items = array_map(static fn(array $list): array => $list[0], $tables->lists);
        foreach ($observed as $action => $list) {
            // FAXStats and WaitEvent have no list's headers; `Hangup (Channel: /regex/)` is a list only sometimes.
            if ($list['complete_event'] === null || $list['eventlist_start'] === null || str_contains($action, ' ')) {
                continue;
            }
            $endEvents[$action] = $list['complete_event'];
            $items[$action] = $list['item_events'];
        }
        foreach ($tables->items as $action => $events) {
            $items[$action] = [...$items[$action], ...$events];
        }
        ksort($endEvents);

        return new self($tables, $older, $newer, $endEvents, $items, $permissions, self::classes($tables, $older, $newer));
    }

    /**
     * @param Version $older
     * @param Version $newer
     *
     * @return array<string, string>
     */
    private static function classes(Tables $tables, array $older, array $newer): array
    {
        $table = $tables->events;
        $classes = [];
        foreach ($newer['events'] + $older['events'] as $name => $event) {
            $class = strtolower(substr($event['class'], strlen('EVENT_FLAG_')));
            $classes[$table['names'][$name] ?? $name] = $table['classes'][$name] ?? $class;
        }
        $classes += $table['undocumented'];
        ksort($classes);

        return $classes;
    }

    /** @return array<string, mixed> */
    private static function decoded(string $file): array
    {
        $json = file_get_contents($file);
        if ($json === false) {
            throw new \RuntimeException("cannot read $file");
        }
        /** @var array<string, mixed> $value */
        $value = json_decode($json, true, 512, JSON_THROW_ON_ERROR);

        return $value;
    }
}
