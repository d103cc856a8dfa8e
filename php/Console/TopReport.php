<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

use Apn\AmiClient\Diagnosis\Catalog;
use Apn\AmiClient\Diagnosis\HeardNames;
use Apn\AmiClient\Diagnosis\Quieting;
use Apn\AmiClient\Diagnosis\Rate;
use Apn\AmiClient\Diagnosis\Suggestion;

/**
 * Rates as a table, and what would lower them.
 *
 * @phpstan-type Server array{state: string, events: float, bytes: float, dropped: int, user: string, version: ?string}
 */
final readonly class TopReport
{
    /** So many servers have a column each. */
    private const int MOST_COLUMNS = 6;

    /**
     * @param array<string, Server> $servers rates a second of all that was read, by key
     * @param list<Rate> $rates
     * @param float $seconds that the rates are an average of
     */
    public function __construct(
        private array $servers,
        private array $rates,
        private HeardNames $heard,
        private float $seconds,
    ) {}

    /** @return list<string> */
    public function table(Screen $screen, int $rows = PHP_INT_MAX): array
    {
        $keys = array_map(strval(...), array_keys($this->servers));
        $width = max(6, ...array_map(strlen(...), $keys));
        $lines = [];
        foreach ($this->servers as $key => $server) {
            $lines[] = \sprintf(
                '%s  %s  %10s events/s  %9s/s%s',
                Screen::cell("$key", $width),
                $screen->colour(Screen::cell($server['state'], 14), $server['state'] === 'ready' ? 32 : 31),
                self::rate($server['events']),
                self::bytes($server['bytes']),
                $server['dropped'] > 0 ? $screen->colour('  ' . number_format($server['dropped']) . ' dropped here: the rates below are too low', 31) : '',
            );
        }
        $columns = \count($keys) > 1 && \count($keys) <= self::MOST_COLUMNS ? $keys : [];
        $lines[] = '';
        $head = \sprintf('%-28s %-10s %10s %9s %6s', 'EVENT', 'CLASS', 'EVENTS/s', 'BYTES/s', 'SHARE');
        foreach ($columns as $key) {
            $head .= \sprintf(' %10s', Screen::cell($key, min(10, \strlen($key))));
        }
        $lines[] = $screen->colour($head . ($this->heard->isKnown() ? '  LISTENED TO' : ''), 1);
        $names = $this->byName();
        $all = array_sum(array_column($names, 'events'));
        foreach (\array_slice($names, 0, $rows) as $name => $of) {
            $line = \sprintf(
                '%s %-10s %10s %9s %5.1f%%',
                Screen::cell((string) $name, 28),
                Catalog::classOf((string) $name) ?? '?',
                self::rate($of['events']),
                self::bytes($of['bytes']),
                $all > 0 ? 100 * $of['events'] / $all : 0.0,
            );
            foreach ($columns as $key) {
                $line .= \sprintf(' %10s', isset($of['servers'][$key]) ? self::rate($of['servers'][$key]) : '-');
            }
            $isHeard = $this->heard->has((string) $name);
            $lines[] = $this->heard->isKnown() ? $screen->colour($line . ($isHeard ? '  yes' : '  no'), $isHeard ? 0 : 2) : $line;
        }
        if (\count($names) > $rows) {
            $lines[] = \sprintf('... and %d more', \count($names) - $rows);
        }

        return $lines;
    }

    /** @return list<string> */
    public function advice(Screen $screen): array
    {
        $lines = [];
        foreach ($this->suggestions() as $key => $suggestions) {
            $lines[] = '';
            $lines[] = $screen->colour("What would quieten $key" . ($suggestions === [] ? ': nothing frequent comes that is not listened to' : ''), 1);
            foreach ($suggestions as $suggestion) {
                $lines[] = \sprintf(
                    '  %s: %s; saves %s events/s (%.0f%%), %s/s (%.0f%%)',
                    $suggestion->where,
                    $suggestion->remark,
                    self::rate($suggestion->events),
                    100 * $suggestion->eventsShare,
                    self::bytes($suggestion->bytes),
                    100 * $suggestion->bytesShare,
                );
                foreach ($suggestion->lines as $line) {
                    $lines[] = '      ' . $screen->colour($line, 36);
                }
            }
        }
        if (array_filter($this->suggestions()) === []) {
            return $lines;
        }
        if (!$this->heard->isKnown()) {
            array_unshift(
                $lines,
                '',
                $screen->colour('Nothing is known of what the application listens to: no bridge is enabled, and --heard names nothing. All events count as not', 33),
                $screen->colour('listened to. Name what your listeners hear, as in --heard=Hangup --heard="Queue*", before you use a line below.', 33),
            );
        }
        $lines[] = '';
        $lines[] = "Take one of these for each server, not all. Lines of manager.conf come into force by `manager reload` and a new session; where any user there";
        $lines[] = 'has a `setvar`, by a restart only: the second reload of such a file that was changed ends Asterisk (tried with 16.28 and 22.10.1).';
        $lines[] = "The option 'push_filters' => true has the client tell each server by itself what is listened to (docs/filters.md).";

        return $lines;
    }

    /** @return array<string, mixed> */
    public function toArray(): array
    {
        $names = [];
        foreach ($this->rates as $rate) {
            $names[] = ['server' => $rate->server, 'event' => $rate->name, 'class' => Catalog::classOf($rate->name), 'events_per_second' => round($rate->events, 2),
                'bytes_per_second' => round($rate->bytes, 1), 'total' => $rate->total, 'listened_to' => $this->heard->isKnown() ? $this->heard->has($rate->name) : null];
        }

        return [
            'seconds' => round($this->seconds, 3),
            'servers' => array_map(static fn(array $server): array => ['state' => $server['state'], 'events_per_second' => round($server['events'], 2),
                'bytes_per_second' => round($server['bytes'], 1), 'dropped' => $server['dropped'], 'version' => $server['version']], $this->servers),
            'events' => $names,
            'suggestions' => (object) array_map(static fn(array $of): array => array_map(static fn(Suggestion $suggestion): array => $suggestion->toArray(), $of), $this->suggestions()),
        ];
    }

    /** @return array<string, list<Suggestion>> by server */
    private function suggestions(): array
    {
        $quieting = new Quieting($this->heard);
        $suggestions = [];
        foreach ($this->servers as $key => $server) {
            $rates = array_values(array_filter($this->rates, static fn(Rate $rate): bool => $rate->server === "$key"));
            if ($rates !== []) {
                $suggestions[$key] = $quieting->suggest($rates, $server['user'], $server['version']);
            }
        }

        return $suggestions;
    }

    /** @return array<array-key, array{events: float, bytes: float, servers: array<string, float>}> the most frequent first */
    private function byName(): array
    {
        $names = [];
        foreach ($this->rates as $rate) {
            $names[$rate->name] ??= ['events' => 0.0, 'bytes' => 0.0, 'servers' => []];
            $names[$rate->name]['events'] += $rate->events;
            $names[$rate->name]['bytes'] += $rate->bytes;
            $names[$rate->name]['servers'][$rate->server] = $rate->events;
        }
        uasort($names, static fn(array $a, array $b): int => $b['events'] <=> $a['events']);

        return $names;
    }

    private static function rate(float $rate): string
    {
        return number_format($rate, $rate < 100 ? 1 : 0);
    }

    private static function bytes(float $bytes): string
    {
        return match (true) {
            $bytes < 1024 => \sprintf('%.0f B', $bytes),
            $bytes < 1024 ** 2 => \sprintf('%.1f KB', $bytes / 1024),
            default => \sprintf('%.1f MB', $bytes / 1024 ** 2),
        };
    }
}
