<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

/** `ami-client.listen`: what `ami:listen` does where its options do not say otherwise. */
final readonly class ListenConfig
{
    /** A tick waits no longer. */
    private const int MAX_TICK_MS = 250;

    /** A year: whoever means "never" says null. */
    private const int MAX_SECONDS = 31_536_000;

    /** A terabyte. */
    private const int MAX_MEMORY_MB = 1_048_576;

    /** An hour. */
    private const float MAX_CLOSE_SECONDS = 3600.0;

    /**
     * @param list<string> $servers keys; empty for all
     * @param 'inline'|'background' $io goes over the option of the same name
     * @param int|null $maxTime seconds
     * @param int|null $memory megabytes
     * @param string|null $http address of the endpoint for metrics and probes
     * @param float $statusSeconds 0 publishes nothing
     */
    private function __construct(
        public array $servers,
        public string $io,
        public int $tickTimeoutMs,
        public ?int $maxTime,
        public ?int $memory,
        public ?int $maxIterations,
        public float $closeSeconds,
        public ?string $http,
        public float $statusSeconds,
        public StandbyConfig $standby,
    ) {}

    public static function fromSection(Section $section): self
    {
        $read = new self(
            $section->strings('servers'),
            $section->oneOf('io', 'background', ['inline', 'background']),
            $section->int('tick_timeout_ms', 100, 0, self::MAX_TICK_MS),
            $section->intOrNull('max_time', 1, self::MAX_SECONDS),
            $section->intOrNull('memory', 1, self::MAX_MEMORY_MB),
            $section->intOrNull('max_iterations', 1, \PHP_INT_MAX),
            $section->float('close_seconds', 5.0, 0.0, self::MAX_CLOSE_SECONDS),
            $section->stringOrNull('http'),
            $section->float('status_seconds', 5.0, 0.0, self::MAX_CLOSE_SECONDS),
            StandbyConfig::fromSection($section->section('standby')),
        );
        $section->done();

        return $read;
    }
}
