<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Ami;

/** A constant for each event. */
final readonly class EventNames
{
    public function __construct(private Facts $facts) {}

    public function write(Output $output): void
    {
        $constants = [];
        foreach ($this->events() as $name => $says) {
            $constants[] = Text::docblock([implode("\n", array_diff($says, ['']))], '    ')
                . '    public const string ' . Name::constant($name) . ' = ' . var_export($name, true) . ";\n";
        }
        $output->add('php/EventName.php', "<?php\n\ndeclare(strict_types=1);\n\nnamespace Apn\\AmiClient;\n\n"
            . Text::docblock([
                'The names of events, for onEvent() and for those who read code. Any other string is as good: applications and modules '
                    . 'have events of their own, and names are compared in any case.',
                ActionClasses::MARK,
            ], '')
            . "final class EventName\n{\n    private function __construct() {}\n\n" . implode("\n", $constants) . "}\n");
    }

    /** @return array<string, list<string>> what is to be said, by the name that servers send */
    private function events(): array
    {
        $events = [];
        foreach ($this->facts->newer['events'] + $this->facts->older['events'] as $documented => $event) {
            $name = $this->facts->tables->events['names'][$documented] ?? $documented;
            $events[$name] = [...$this->heading($name), $this->fields($event), $this->versions($documented, $event['since'] ?? [])];
        }
        foreach (array_keys($this->facts->tables->events['undocumented']) as $name) {
            $events[$name] = [...$this->heading($name), '', 'Not documented by Asterisk.'];
        }
        foreach ($this->listEvents() as $name) {
            $events[$name] ??= $this->heading($name);
        }
        uksort($events, strcasecmp(...));

        return $events;
    }

    /** @return list<string> events that only lists have, mostly not documented */
    private function listEvents(): array
    {
        $further = ['ChannelHungup', 'ChannelsHungupListComplete', 'WaitEventComplete'];

        return array_values(array_unique([...$further, ...array_values($this->facts->endEvents), ...array_merge(...array_values($this->facts->items))]));
    }

    /** @return list<string> */
    private function heading(string $name): array
    {
        $heading = [];
        $ended = array_keys($this->facts->endEvents, $name, true);
        $listing = array_keys(array_filter($this->facts->items, static fn(array $items): bool => in_array($name, $items, true)));
        sort($listing, SORT_STRING);
        if ($ended !== []) {
            $heading[] = 'Ends the list of ' . Text::enumeration($ended) . '.';
        }
        if ($listing !== []) {
            $heading[] = 'In the list of ' . Text::enumeration($listing) . '.';
        }
        $class = $this->facts->classes[$name] ?? null;
        if ($class !== null) {
            $heading[] = "Class `$class`.";
        }

        return [$heading === [] ? 'Part of an answer.' : implode(' ', $heading)];
    }

    /** @param array{fields: list<string>, channel_snapshots?: list<string>, bridge_snapshots?: list<string>} $event */
    private function fields(array $event): string
    {
        $fields = array_map(static fn(string $field): string => "`$field`", $event['fields']);
        foreach (['channel' => $event['channel_snapshots'] ?? [], 'bridge' => $event['bridge_snapshots'] ?? []] as $what => $prefixes) {
            foreach ($prefixes as $prefix) {
                $fields[] = "those of a $what" . ($prefix === '' ? '' : " with `$prefix` before their names");
            }
        }

        return $fields === [] ? '' : 'Fields: ' . Text::enumeration($fields) . '.';
    }

    /** @param list<string> $since */
    private function versions(string $name, array $since): string
    {
        if (isset($this->facts->tables->removed['events'][$name])) {
            return 'Up to Asterisk ' . ((int) $this->facts->tables->removed['removed'][$this->facts->tables->removed['events'][$name]] - 1) . '.';
        }
        return 'Since Asterisk ' . implode(', ', Text::ascending($since)) . '.';
    }
}
