<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

/** `ami-client.bridges.jobs`: an event becomes a queued job. */
final readonly class JobsConfig
{
    /**
     * @param string|null $connection of the application's queues; null for the job's own or the default one
     * @param string|null $queue its name; null for the job's own or the default one
     */
    private function __construct(
        public BridgeConfig $bridge,
        public ?string $connection,
        public ?string $queue,
    ) {}

    public static function fromSection(Section $section): self
    {
        $read = new self(
            BridgeConfig::fromSection('jobs', $section, BridgeConfig::CLASSES_REQUIRED),
            $section->stringOrNull('connection'),
            $section->stringOrNull('queue'),
        );
        $section->done();

        return $read;
    }
}
