<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Metrics;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Metrics\OpenTelemetryCollector;
use Apn\AmiClient\Tests\Support\Simulator;
use OpenTelemetry\SDK\Metrics\Data\Gauge;
use OpenTelemetry\SDK\Metrics\Data\Histogram;
use OpenTelemetry\SDK\Metrics\Data\Metric;
use OpenTelemetry\SDK\Metrics\Data\Sum;
use OpenTelemetry\SDK\Metrics\MeterProvider;
use OpenTelemetry\SDK\Metrics\MetricExporter\InMemoryExporter;
use OpenTelemetry\SDK\Metrics\MetricReader\ExportingReader;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

/** What comes out of OpenTelemetry's own SDK at its other end. */
#[RequiresPhpExtension('apn_ami')]
final class OpenTelemetryCollectorTest extends TestCase
{
    private InMemoryExporter $exporter;

    private ExportingReader $reader;

    private OpenTelemetryCollector $collector;

    protected function setUp(): void
    {
        if (!class_exists(MeterProvider::class)) {
            self::markTestSkipped('needs open-telemetry/sdk');
        }
        $this->exporter = new InMemoryExporter();
        $this->reader = new ExportingReader($this->exporter);
        $this->collector = new OpenTelemetryCollector(MeterProvider::builder()->addReader($this->reader)->build()->getMeter('ami'));
    }

    public function test_counters_add_up_by_their_labels(): void
    {
        foreach ([['a', 2], ['b', 5], ['a', 3]] as [$key, $by]) {
            $this->collector->increment('ami_read_bytes_total', $by, ['server_key' => $key]);
        }
        $metric = $this->exported()['ami_read_bytes'];
        self::assertSame('By', $metric->unit);
        self::assertInstanceOf(Sum::class, $metric->data);
        self::assertTrue($metric->data->monotonic);
        self::assertSame([['server_key' => 'a', 'is' => 5], ['server_key' => 'b', 'is' => 5]], self::points($metric->data));
    }

    public function test_a_gauge_has_its_last_value(): void
    {
        foreach ([7, 4] as $value) {
            $this->collector->gauge('ami_event_queue_depth', $value, ['server_key' => 'a']);
        }
        $metric = $this->exported()['ami_event_queue_depth'];
        self::assertNull($metric->unit);
        self::assertInstanceOf(Gauge::class, $metric->data);
        self::assertSame([['server_key' => 'a', 'is' => 4]], self::points($metric->data));
    }

    public function test_a_histogram_has_the_extensions_bounds_and_what_was_seen_as_often(): void
    {
        $this->collector->observe('ami_action_latency_seconds', 0.003, ['result' => 'completed'], 3);
        $this->collector->observe('ami_action_latency_seconds', 45.0, ['result' => 'completed'], 1);
        $metric = $this->exported()['ami_action_latency_seconds'];
        self::assertSame('s', $metric->unit);
        self::assertInstanceOf(Histogram::class, $metric->data);
        [$point] = [...$metric->data->dataPoints];
        self::assertSame(OpenTelemetryCollector::BOUNDARIES['ami_action_latency_seconds'], $point->explicitBounds);
        self::assertSame([0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], $point->bucketCounts);
        self::assertEqualsWithDelta(45.009, $point->sum, 1e-9);
    }

    public function test_its_bounds_are_those_of_the_extension(): void
    {
        $metrics = AmiClientManager::fromConfig(['servers' => ['a' => ['host' => '127.0.0.1', 'username' => 'u', 'secret' => 's']]])->metrics();
        $server = $metrics['servers']['a'];
        $histograms = [
            'ami_action_latency_seconds' => $server['action_latency_seconds']['completed'],
            'ami_tick_duration_seconds' => $metrics['process']['tick_duration_seconds'],
            'ami_listener_duration_seconds' => $server['listener_duration_seconds'],
            'ami_event_lag_seconds' => $server['event_lag_seconds'],
        ];
        $bounds = array_map(static fn(array $of): array => array_map(floatval(...), \array_slice(array_keys($of['buckets']), 0, -1)), $histograms);
        self::assertSame($bounds, OpenTelemetryCollector::BOUNDARIES);
    }

    public function test_it_gets_what_a_session_brings_about(): void
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('needs the simulator');
        }
        $simulator = new Simulator('--nodes', '1');
        $manager = AmiClientManager::fromConfig(['servers' => $simulator->servers()], metrics: $this->collector);
        $manager->default()->waitUntilReady();
        // A push follows within a second.
        $until = microtime(true) + 10;
        do {
            $manager->tickAll(100);
            $exported = $this->exported();
            self::assertLessThan($until, microtime(true));
        } while (!isset($exported['ami_sessions']));
        $labels = ['server_key' => 'pbx1', 'server_host' => '127.0.0.1'];
        self::assertInstanceOf(Sum::class, $exported['ami_sessions']->data);
        self::assertSame([$labels + ['is' => 1]], self::points($exported['ami_sessions']->data));
        self::assertInstanceOf(Gauge::class, $exported['ami_ready']->data);
        self::assertSame([$labels + ['is' => 1]], self::points($exported['ami_ready']->data));
        self::assertSame(0, $manager->metrics()['process']['callback_failures']);
    }

    /** @return array<string, Metric> */
    private function exported(): array
    {
        $this->reader->collect();

        return array_column($this->exporter->collect(true), null, 'name');
    }

    /** @return list<array<mixed>> */
    private static function points(Sum|Gauge $data): array
    {
        $points = [];
        foreach ($data->dataPoints as $point) {
            $points[] = $point->attributes->toArray() + ['is' => $point->value];
        }

        return $points;
    }
}
