<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

use Apn\AmiClient\Worker\WorkerStatus;

/**
 * How listeners and their servers are: for people, for programs, and as an exit code as Nagios' plugins have them.
 *
 * @phpstan-type Row array{key: string, by: string, state: string, health: array<string, mixed>}
 */
final readonly class StatusReport
{
    public const int OK = 0;

    /** Something is not as it should be, and something works. */
    public const int WARNING = 1;

    /** Nobody listens, or no server can be used. */
    public const int CRITICAL = 2;

    /** It could not be found out. */
    public const int UNKNOWN = 3;

    private const array USABLE = ['ready', 'degraded'];

    /** A server that nobody at work listens to. */
    private const string UNHEARD = 'not listened to';

    /** @var list<Row> */
    private array $rows;

    /**
     * @param list<WorkerStatus> $workers
     * @param list<string> $expected keys of the servers that should be listened to
     * @param float $now seconds since the epoch
     * @param float|null $staleSeconds a worker that told nothing for longer hangs, or its cache does; null where there is no worker, but
     *     the servers were asked directly
     */
    public function __construct(private array $workers, array $expected, private float $now, private ?float $staleSeconds)
    {
        $rows = [];
        $seen = [];
        $hasMore = false;
        foreach ($this->working() as $worker) {
            $hasMore = $hasMore || $worker->serversLeftOut > 0;
            foreach ($worker->servers as $key => $health) {
                $state = \is_string($health['state'] ?? null) ? $health['state'] : '?';
                $rows[] = ['key' => "$key", 'by' => "$worker->host:$worker->pid", 'state' => $state, 'health' => $health];
                $seen["$key"] = true;
            }
        }
        foreach ($hasMore ? [] : $expected as $key) {
            if (!isset($seen[$key])) {
                $rows[] = ['key' => $key, 'by' => '', 'state' => self::UNHEARD, 'health' => []];
            }
        }
        $this->rows = $rows;
    }

    public function exitCode(): int
    {
        if ($this->working() === []) {
            return self::CRITICAL;
        }
        [$usable, $troubled] = [[], []];
        foreach ($this->rows as $row) {
            if (\in_array($row['state'], self::USABLE, true)) {
                $usable[$row['key']] = true;
            }
            if ($row['state'] !== 'ready') {
                $troubled[] = $row['key'];
            }
        }

        return match (true) {
            $usable === [] => self::CRITICAL,
            $troubled !== [] || $this->failingServices() !== [] || array_any($this->workers, $this->isStale(...)) => self::WARNING,
            default => self::OK,
        };
    }

    /** One sentence, as for a pager. */
    public function summary(): string
    {
        // One server may be listened to by several.
        $all = \count(array_unique(array_column($this->rows, 'key')));
        $ready = \count(array_unique(array_column(array_filter($this->rows, static fn(array $row): bool => $row['state'] === 'ready'), 'key')));
        $standby = \count(array_filter($this->workers, fn(WorkerStatus $worker): bool => $worker->state === 'standby' && !$this->isStale($worker)));
        $said = match (true) {
            $this->workers === [] => 'no listener tells how it is: none runs, or it shares no cache with this',
            $this->working() === [] => 'no listener is at work',
            $this->staleSeconds === null => \sprintf('%d of %d servers are ready, asked directly', $ready, $all),
            default => \sprintf('%d of %d servers are ready; listeners: %d at work, %d standing by', $ready, $all, \count($this->working()), $standby),
        };
        $stale = array_filter($this->workers, $this->isStale(...));
        $said .= $stale === [] ? '' : '; nothing was heard of ' . implode(', ', array_map(static fn(WorkerStatus $worker): string => "$worker->host:$worker->pid", $stale)) . ' for too long';
        $failing = $this->failingServices();

        return $said . ($failing === [] ? '' : '; failing: ' . implode(', ', $failing));
    }

    /** @return list<string> */
    public function lines(Screen $screen): array
    {
        $lines = [$screen->colour($this->summary(), match ($this->exitCode()) {
            self::OK => 32,
            self::WARNING => 33,
            default => 31,
        })];
        if ($this->workers !== [] && $this->staleSeconds !== null) {
            array_push($lines, '', ...Table::lines($screen, ['LISTENER', 'PID', 'STATE', 'FOR', 'TOLD', 'TICKS', 'MEMORY', 'EXTENSION'], array_map(fn(WorkerStatus $worker): array => [
                $worker->host, (string) $worker->pid, $this->isStale($worker) ? "$worker->state, silent" : $worker->state, self::span($this->now - $worker->since),
                self::span($this->now - $worker->toldAt) . ' ago', number_format($worker->ticks), \sprintf('%d MB', $worker->memoryBytes >> 20), $worker->version,
            ], $this->workers), 2, ['active' => 32, 'standby' => 36]));
        }
        if ($this->rows !== []) {
            array_push($lines, '', ...Table::lines(
                $screen,
                ['SERVER', 'ADDRESS', 'STATE', 'FOR', 'LATENCY', 'LAG', 'QUEUED', 'PENDING', 'DROPPED', 'NEXT TRY', 'LAST ERROR'],
                array_map($this->cells(...), $this->rows),
                2,
                ['ready' => 32, 'degraded' => 33],
                31,
            ));
        }
        $services = [];
        foreach ($this->working() as $worker) {
            foreach ($worker->services as $name => $stats) {
                $services[] = ["$name", self::isFailing($stats) ? 'failing' : 'works', self::counters($stats)];
            }
        }
        if ($services !== []) {
            array_push($lines, '', ...Table::lines($screen, ['SERVICE', 'STATE', 'COUNTERS'], $services, 1, ['works' => 32], 31));
        }

        return $lines;
    }

    /** @return array<string, mixed> */
    public function toArray(): array
    {
        return [
            'status' => ['ok', 'warning', 'critical', 'unknown'][$this->exitCode()],
            'summary' => $this->summary(),
            'listeners' => $this->staleSeconds === null ? [] : array_map(fn(WorkerStatus $worker): array => array_diff_key($worker->jsonSerialize(), ['servers' => 0]) + ['silent' => $this->isStale($worker)], $this->workers),
            'servers' => array_map(fn(array $row): array => ['key' => $row['key'], 'listener' => $row['by'] === '' || $this->staleSeconds === null ? null : $row['by'], 'state' => $row['state']] + $row['health'], $this->rows),
        ];
    }

    /** @return list<WorkerStatus> a silent one is not counted: it was killed, or hangs, and what it told last holds no more */
    private function working(): array
    {
        return array_values(array_filter($this->workers, fn(WorkerStatus $worker): bool => $worker->state === 'active' && !$this->isStale($worker)));
    }

    private function isStale(WorkerStatus $worker): bool
    {
        return $this->staleSeconds !== null && $this->now - $worker->toldAt > $this->staleSeconds;
    }

    /**
     * @param Row $row
     *
     * @return list<string>
     */
    private function cells(array $row): array
    {
        $health = $row['health'];
        if ($health === []) {
            return [$row['key'], '', $row['state']];
        }
        $number = static fn(string $name): ?float => \is_int($health[$name] ?? null) || \is_float($health[$name] ?? null) ? (float) $health[$name] : null;
        $text = static fn(string $name): string => \is_scalar($health[$name] ?? null) ? (string) $health[$name] : '';
        $retry = $number('next_retry_at');

        return [
            $row['key'], "{$text('host')}:{$text('port')}", $row['state'] . ($text('circuit') === 'open' ? ', breaker open' : ''), self::span($this->now - ($number('since') ?? $this->now)),
            $number('latency_ms') === null ? '-' : \sprintf('%.1f ms', $number('latency_ms')), \sprintf('%.0f ms', $number('event_lag_ms') ?? 0),
            number_format($number('queued_events') ?? 0), number_format($number('pending_actions') ?? 0), number_format($number('dropped_events') ?? 0),
            $retry === null ? '-' : 'in ' . self::span(max(0.0, $retry / 1000 - $this->now)), $text('last_error'),
        ];
    }

    /** @return list<string> */
    private function failingServices(): array
    {
        $failing = [];
        foreach ($this->working() as $worker) {
            foreach ($worker->services as $name => $stats) {
                if (self::isFailing($stats)) {
                    $failing[] = "$name";
                }
            }
        }

        return array_values(array_unique($failing));
    }

    /** @param array<string, mixed> $stats */
    private static function isFailing(array $stats): bool
    {
        return ($stats['failing'] ?? false) === true;
    }

    /** @param array<string, mixed> $stats what is 0 goes without saying */
    private static function counters(array $stats): string
    {
        $said = [];
        foreach ($stats as $key => $value) {
            $label = str_replace('_', ' ', "$key");
            $said[] = match (true) {
                \is_array($value) => $value === [] ? null : "$label: " . implode(', ', array_map(static fn(int|string $of, mixed $count): string => "$of " . (\is_scalar($count) ? $count : '?'), array_keys($value), $value)),
                \is_int($value), \is_float($value) => $value > 0 ? "$label " . number_format($value, \is_int($value) ? 0 : 1) : null,
                \is_string($value) => "$label $value",
                default => null,
            };
        }
        $said = array_filter($said, is_string(...));

        return $said === [] ? 'nothing yet' : implode(', ', $said);
    }

    /** @param float $seconds of a clock that may be another machine's */
    private static function span(float $seconds): string
    {
        $seconds = (int) max(0, round($seconds));

        return match (true) {
            $seconds < 100 => "$seconds s",
            $seconds < 6_000 => intdiv($seconds, 60) . ' min',
            $seconds < 172_800 => intdiv($seconds, 3600) . ' h',
            default => intdiv($seconds, 86_400) . ' d',
        };
    }
}
