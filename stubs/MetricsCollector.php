<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Where the client's numbers go, for applications that collect their own.
 *
 * The methods must be quick. What they throw is logged and counted, and disturbs nothing else.
 */
interface MetricsCollector
{
    /**
     * Adds to a counter.
     *
     * @param string $name as Prometheus has it, such as `ami_events_received_total`
     * @param int|float $by not negative
     * @param array<string, string> $labels
     */
    public function increment(string $name, int|float $by, array $labels): void;

    /**
     * Sets a gauge.
     *
     * @param string $name as Prometheus has it, such as `ami_events_received_total`
     * @param int|float $value what it is now
     * @param array<string, string> $labels
     */
    public function gauge(string $name, int|float $value, array $labels): void;

    /**
     * Adds an observation to a histogram.
     *
     * @param string $name as Prometheus has it, such as `ami_events_received_total`
     * @param float $value seconds, where the name ends in `_seconds`
     * @param array<string, string> $labels
     */
    public function observe(string $name, float $value, array $labels): void;
}
