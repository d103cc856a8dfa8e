<?php

declare(strict_types=1);

namespace Apn\AmiClient\Metrics;

use Apn\AmiClient\MetricsCollector;
use OpenTelemetry\API\Metrics\CounterInterface;
use OpenTelemetry\API\Metrics\GaugeInterface;
use OpenTelemetry\API\Metrics\HistogramInterface;
use OpenTelemetry\API\Metrics\MeterInterface;

/**
 * Hands the client's numbers to OpenTelemetry (`open-telemetry/api`, and an SDK that exports them).
 *
 * Names and labels are those of docs/metrics.md. Of counters `_total` is left out, as the rules of OpenTelemetry want it: what exports
 * to Prometheus adds it again. The unit of what ends in `_seconds` or `_bytes` is `s` or `By`.
 *
 * A tick pushes once a second and must not be kept: let a reader export in the background or at an interval of your own, never within
 * these calls.
 */
final class OpenTelemetryCollector implements MetricsCollector
{
    /** The bounds of the extension's own histograms; OpenTelemetry's are made for milliseconds. */
    public const array BOUNDARIES = [
        'ami_action_latency_seconds' => [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 60.0],
        'ami_tick_duration_seconds' => [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0],
        'ami_listener_duration_seconds' => [1e-06, 5e-06, 2.5e-05, 0.0001, 0.00025, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 0.5, 1.0, 5.0],
        'ami_event_lag_seconds' => [2.5e-05, 0.0001, 0.00025, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0],
    ];

    /**
     * Observations recorded of one call. OpenTelemetry takes them one by one, some microseconds each; what is seen more often within
     * a second says the same with so many.
     */
    private const int MAX_RECORDS = 500;

    /** @var array<string, CounterInterface> */
    private array $counters = [];

    /** @var array<string, GaugeInterface> */
    private array $gauges = [];

    /** @var array<string, HistogramInterface> */
    private array $histograms = [];

    public function __construct(private readonly MeterInterface $meter) {}

    public function increment(string $name, int|float $by, array $labels): void
    {
        $counter = $this->counters[$name] ??= $this->meter->createCounter(
            str_ends_with($name, '_total') ? substr($name, 0, -6) : $name,
            self::unit($name),
        );
        $counter->add($by, $labels);
    }

    public function gauge(string $name, int|float $value, array $labels): void
    {
        $gauge = $this->gauges[$name] ??= $this->meter->createGauge($name, self::unit($name));
        $gauge->record($value, $labels);
    }

    public function observe(string $name, float $value, array $labels, int $times): void
    {
        $histogram = $this->histograms[$name] ??= $this->meter->createHistogram(
            $name,
            self::unit($name),
            advisory: isset(self::BOUNDARIES[$name]) ? ['ExplicitBucketBoundaries' => self::BOUNDARIES[$name]] : [],
        );
        for ($record = min($times, self::MAX_RECORDS); $record > 0; $record--) {
            $histogram->record($value, $labels);
        }
    }

    private static function unit(string $name): ?string
    {
        return match (true) {
            str_ends_with($name, '_seconds') => 's',
            preg_match('~_bytes(_total)?$~D', $name) === 1 => 'By',
            default => null,
        };
    }
}
