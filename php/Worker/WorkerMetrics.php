<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

/** What a worker and its services count, as text for Prometheus: for {@see \Apn\AmiClient\Http\Endpoint::also()}. */
final readonly class WorkerMetrics
{
    /** Samples of services: some of them count by the name of an event, of which there are hundreds. The first ones stay. */
    private const int MAX_SAMPLES = 1_000;

    public function __construct(private Listener $worker) {}

    /** @param bool $openMetrics the format of OpenMetrics 1.0 instead of the one that everything reads */
    public function __invoke(bool $openMetrics): string
    {
        $snapshot = $this->worker->snapshot();
        [$failures, $samples] = [[], []];
        foreach ($snapshot['services'] as $service => $stats) {
            foreach ($stats as $stat => $value) {
                if ($stat === 'failures') {
                    $failures[] = 'ami_worker_service_failures_total' . self::labels(['service' => $service]) . ' ' . self::number($value);
                } elseif (\is_array($value)) {
                    foreach ($value as $name => $count) {
                        $samples[] = 'ami_worker_service' . self::labels(['service' => $service, 'stat' => $stat, 'name' => $name]) . ' ' . $count;
                    }
                } elseif (self::number($value) !== null) {
                    $samples[] = 'ami_worker_service' . self::labels(['service' => $service, 'stat' => $stat]) . ' ' . self::number($value);
                }
            }
        }
        $lines = [
            '# HELP ami_worker_active Whether this worker is the one at work: 0 where it stands by or leaves.',
            '# TYPE ami_worker_active gauge',
            'ami_worker_active ' . ($snapshot['state'] === 'active' ? 1 : 0),
        ];
        if ($failures !== []) {
            array_push(
                $lines,
                '# HELP ami_worker_service_failures' . ($openMetrics ? '' : '_total') . ' How often a service of the worker threw.',
                '# TYPE ami_worker_service_failures' . ($openMetrics ? '' : '_total') . ' counter',
                ...$failures,
            );
        }
        if ($samples !== []) {
            array_push(
                $lines,
                '# HELP ami_worker_service What a service of the worker counts and gauges, each by the name that it gives it.',
                '# TYPE ami_worker_service ' . ($openMetrics ? 'unknown' : 'untyped'),
                ...\array_slice($samples, 0, self::MAX_SAMPLES),
            );
        }

        return implode("\n", $lines) . "\n";
    }

    /** @param array<string, string> $labels */
    private static function labels(array $labels): string
    {
        $pairs = [];
        foreach ($labels as $name => $value) {
            $pairs[] = $name . '="' . strtr($value, ['\\' => '\\\\', '"' => '\\"', "\n" => '\\n']) . '"';
        }

        return '{' . implode(',', $pairs) . '}';
    }

    /** Null where it is none. */
    private static function number(mixed $value): ?string
    {
        return match (true) {
            \is_bool($value) => $value ? '1' : '0',
            \is_int($value) => (string) $value,
            \is_float($value) && is_finite($value) => sprintf('%.6F', $value),
            default => null,
        };
    }
}
