<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Where the client's numbers go, for applications that collect their own.
 *
 * Called from ticks, once a second at most. The methods must be quick. What they throw is logged and counted, and disturbs
 * nothing else. docs/metrics.md lists the names and the labels.
 */
interface MetricsCollector
{
    /**
     * Adds to a counter.
     *
     * @param string $name as Prometheus has it, such as `ami_events_total`
     * @param int|float $by what it grew since the last time
     * @param array<non-empty-string, string> $labels
     */
    public function increment(string $name, int|float $by, array $labels): void;

    /**
     * Sets a gauge. Called when it has changed, and once a minute in any case.
     *
     * @param string $name as Prometheus has it, such as `ami_event_queue_depth`
     * @param int|float $value what it is now; 0 too where it has no value any more
     * @param array<non-empty-string, string> $labels
     */
    public function gauge(string $name, int|float $value, array $labels): void;

    /**
     * Adds observations to a histogram: what was seen since the last time, those of about one size together.
     *
     * @param string $name as Prometheus has it, such as `ami_action_latency_seconds`
     * @param float $value the mean of what was seen, in seconds where the name ends in `_seconds`
     * @param array<non-empty-string, string> $labels
     * @param int $times how often; for a collector that knows of sampling, this is a sample at a rate of 1 / $times
     */
    public function observe(string $name, float $value, array $labels, int $times): void;
}
