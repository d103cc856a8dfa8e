<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

use Apn\AmiClient\Contracts\AmiClientManager;

/**
 * How a worker was when it last told, in a shape that may leave the process.
 *
 * Times are seconds since the epoch by the clock of the worker's machine.
 *
 * @phpstan-type Server array{host: string, port: int, state: string, since: float, circuit: string, failed_attempts: int,
 *     retry_in_ms: int|null, next_retry_at: int|null, last_reason: string|null, last_error: string|null, latency_ms: float|null,
 *     event_lag_ms: float, queued_events: int, pending_actions: int, unwritten_bytes: int, dropped_events: int, sessions: int}
 * @phpstan-type Stats array<string, int|float|string|bool|array<string, int>|null>
 */
final readonly class WorkerStatus implements \JsonSerializable
{
    /** Servers that are told one by one: those of more would be a megabyte every few seconds. Those in trouble come first. */
    public const int MAX_SERVERS = 500;

    /**
     * @param string $instance random; another one after each start
     * @param string $host the name of the machine
     * @param string $state `active`, `standby` or `leaving`
     * @param float $since when it came to work, or began to stand by
     * @param float $startedAt when it was started
     * @param float $toldAt when this was
     * @param int $memoryBytes of PHP
     * @param array<string, mixed> $cluster as AmiClientManager::clusterHealth(), with states by name
     * @param array<string, array<string, mixed>> $servers as AmiClientManager::health(), with states by name
     * @param int $serversLeftOut how many are not in `servers`
     * @param array<string, array<string, mixed>> $services stats by service, with their `failures`
     */
    public function __construct(
        public string $instance,
        public string $host,
        public int $pid,
        public string $version,
        public string $state,
        public float $since,
        public float $startedAt,
        public float $toldAt,
        public int $ticks,
        public int $memoryBytes,
        public array $cluster,
        public array $servers,
        public int $serversLeftOut,
        public array $services,
    ) {}

    /** @param array{state: string, since: float, ticks: int, seconds: float, services: array<string, array<string, mixed>>} $snapshot of the worker */
    public static function of(string $instance, array $snapshot, AmiClientManager $manager): self
    {
        $servers = array_map(self::plain(...), $manager->health());
        $count = \count($servers);
        if ($count > self::MAX_SERVERS) {
            uasort($servers, static fn(array $a, array $b): int => ($a['state'] === 'ready') <=> ($b['state'] === 'ready'));
            $servers = \array_slice($servers, 0, self::MAX_SERVERS, true);
        }

        return new self(
            $instance,
            (string) gethostname(),
            (int) getmypid(),
            (string) phpversion('apn_ami'),
            $snapshot['state'],
            $snapshot['since'],
            microtime(true) - $snapshot['seconds'],
            microtime(true),
            $snapshot['ticks'],
            memory_get_usage(true),
            self::plain($manager->clusterHealth()),
            $servers,
            $count - \count($servers),
            $snapshot['services'],
        );
    }

    /**
     * @param array<array-key, mixed> $told what jsonSerialize() gave
     *
     * @return self|null null where it is of another version of this package, or of somebody else
     */
    public static function fromArray(array $told): ?self
    {
        $string = static fn(string $key): ?string => \is_string($told[$key] ?? null) ? $told[$key] : null;
        $number = static fn(string $key): ?float => \is_int($told[$key] ?? null) || \is_float($told[$key] ?? null) ? (float) $told[$key] : null;
        /** @var \Closure(string): (array<string, mixed>|null) $map */
        $map = static fn(string $key): ?array => \is_array($told[$key] ?? null) ? $told[$key] : null;
        try {
            return new self(
                $string('instance') ?? throw new \UnexpectedValueException(),
                $string('host') ?? '',
                (int) $number('pid'),
                $string('version') ?? '',
                $string('state') ?? throw new \UnexpectedValueException(),
                $number('since') ?? 0.0,
                $number('started_at') ?? 0.0,
                $number('told_at') ?? throw new \UnexpectedValueException(),
                (int) $number('ticks'),
                (int) $number('memory_bytes'),
                $map('cluster') ?? [],
                self::maps($map('servers') ?? []),
                (int) $number('servers_left_out'),
                self::maps($map('services') ?? []),
            );
        } catch (\UnexpectedValueException) {
            return null;
        }
    }

    /** @return array<string, mixed> */
    public function jsonSerialize(): array
    {
        return [
            'instance' => $this->instance,
            'host' => $this->host,
            'pid' => $this->pid,
            'version' => $this->version,
            'state' => $this->state,
            'since' => $this->since,
            'started_at' => $this->startedAt,
            'told_at' => $this->toldAt,
            'ticks' => $this->ticks,
            'memory_bytes' => $this->memoryBytes,
            'cluster' => $this->cluster,
            'servers' => $this->servers,
            'servers_left_out' => $this->serversLeftOut,
            'services' => $this->services,
        ];
    }

    /**
     * @param array<string, mixed> $values
     *
     * @return array<string, mixed> with enums by their values
     */
    private static function plain(array $values): array
    {
        return array_map(static fn(mixed $value): mixed => $value instanceof \BackedEnum ? $value->value : $value, $values);
    }

    /**
     * @param array<string, mixed> $values
     *
     * @return array<string, array<string, mixed>>
     */
    private static function maps(array $values): array
    {
        $maps = [];
        foreach ($values as $key => $value) {
            if (\is_array($value)) {
                /** @var array<string, mixed> $value */
                $maps[$key] = $value;
            }
        }

        return $maps;
    }
}
