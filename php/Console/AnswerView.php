<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\Redactor;

/** An answer for people or programs: the output of a command as text, lists as tables, the rest as it is. Secrets are `***`. */
final readonly class AnswerView
{
    /** What every message has and nobody looks for. */
    private const array PLUMBING = ['event', 'actionid', 'eventlist', 'listitems', 'privilege'];

    /** No column is wider. */
    private const int MOST_CELL = 32;

    private Redactor $redactor;

    /** @param list<AmiEvent> $events that belong to it */
    public function __construct(private AmiResponse $response, private array $events = [])
    {
        $this->redactor = new Redactor();
    }

    /**
     * @param int $width of the terminal, in characters
     *
     * @return list<string>
     */
    public function lines(int $width): array
    {
        $output = $this->response->output();
        if ($output !== []) {
            return array_map(fn(string $line): string => Screen::clean($this->redactor->text($line)), $output);
        }
        $lines = [];
        $items = $this->byName();
        $answer = $items === [] ? array_diff_key($this->shown($this->response), ['response' => 0]) : [];
        if ($items === []) {
            $lines[] = $this->response->status . ($this->response->message() === null ? '' : ': ' . Screen::clean($this->response->message()));
            unset($answer['message']);
        }
        foreach ($answer as [$name, $value]) {
            foreach ($value as $each) {
                $lines[] = '  ' . Screen::clean("$name: $each");
            }
        }
        if ($items === [] && $this->events !== []) {
            $lines[] = 'The list is empty.';
        }
        foreach ($items as $name => $events) {
            array_push($lines, ...$lines === [] ? [] : [''], ...$this->table("$name", $events, $width));
        }

        return $lines;
    }

    /** @return array<string, mixed> with the bytes of the server, which JSON may not take */
    public function toArray(): array
    {
        $plain = fn(AmiEvent|AmiResponse $message): array => (array) $this->redactor->redact($message->headers);

        return [
            'server' => $this->response->serverKey,
            'success' => $this->response->isSuccess(),
            'response' => $plain($this->response),
            'output' => $this->response->output() === [] ? null : (array) $this->redactor->redact($this->response->output()),
            'events' => array_map($plain, $this->events),
        ];
    }

    /**
     * @param non-empty-list<AmiEvent> $events of one name
     *
     * @return list<string>
     */
    private function table(string $name, array $events, int $width): array
    {
        $rows = array_map($this->shown(...), $events);
        $columns = [];
        foreach ($rows as $row) {
            foreach ($row as $key => [$header, $values]) {
                $columns[$key] ??= ['title' => $header, 'width' => Screen::width($header), 'isEmpty' => true];
                $text = Screen::clean(implode(', ', $values));
                $columns[$key]['width'] = max($columns[$key]['width'], min(self::MOST_CELL, Screen::width($text)));
                $columns[$key]['isEmpty'] = $columns[$key]['isEmpty'] && \in_array($text, ['', '<unknown>', '(null)'], true);
            }
        }
        $kept = array_filter($columns, static fn(array $column): bool => !$column['isEmpty']);
        if (\count($rows) === 1) {
            // One alone has room for all of it.
            $lines = ["$name:"];
            foreach (array_intersect_key($rows[0], $kept) as [$header, $values]) {
                $lines[] = '  ' . Screen::clean("$header: " . implode(', ', $values));
            }

            return $lines;
        }
        [$fitting, $room] = [[], $width];
        foreach ($kept as $key => $column) {
            $room -= $column['width'] + 2;
            if ($room < 0 && $fitting !== []) {
                break;
            }
            $fitting[$key] = $column;
        }
        $lines = ["$name, " . \count($rows) . ' of them' . (\count($fitting) < \count($kept) ? ', ' . (\count($kept) - \count($fitting)) . ' more columns with --json' : '') . ':'];
        $lines[] = rtrim(implode('  ', array_map(static fn(array $column): string => Screen::cell($column['title'], $column['width']), $fitting)));
        foreach ($rows as $row) {
            $cells = [];
            foreach ($fitting as $key => $column) {
                $cells[] = Screen::cell(implode(', ', $row[$key][1] ?? []), $column['width']);
            }
            $lines[] = rtrim(implode('  ', $cells));
        }

        return $lines;
    }

    /** @return array<string, non-empty-list<AmiEvent>> without what only ends the list */
    private function byName(): array
    {
        $names = [];
        foreach ($this->events as $event) {
            if (strcasecmp($event->get('EventList') ?? '', 'Complete') !== 0) {
                $names[$event->name][] = $event;
            }
        }

        return $names;
    }

    /** @return array<array-key, array{string, list<string>}> names as they are sent and values, by name in lower case */
    private function shown(AmiEvent|AmiResponse $message): array
    {
        preg_match_all('/^([^:\r\n]+):/m', $message->raw(), $found);
        $written = array_combine(array_map(strtolower(...), $found[1]), $found[1]);
        $shown = [];
        foreach (array_diff_key((array) $this->redactor->redact($message->headers), array_flip(self::PLUMBING)) as $key => $value) {
            $shown[$key] = [$written[$key] ?? (string) $key, array_values(array_filter((array) $value, is_string(...)))];
        }

        return $shown;
    }
}
