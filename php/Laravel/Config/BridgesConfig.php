<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

/** `ami-client.bridges`: where a listener hands events on to. Sections that are off are read, too: what cannot be used is refused. */
final readonly class BridgesConfig
{
    /** @var array<string, BridgeConfig> those that are on, by name */
    public array $enabled;

    private function __construct(
        public BridgeConfig $events,
        public JobsConfig $jobs,
        public RedisPublishConfig $redis,
        public StreamsConfig $streams,
        public BroadcastConfig $broadcast,
    ) {
        $bridges = [$events, $jobs->bridge, $redis->bridge, $streams->bridge, $broadcast->bridge];
        $this->enabled = array_column(array_filter($bridges, static fn(BridgeConfig $bridge): bool => $bridge->enabled), null, 'name');
    }

    public static function fromSection(Section $section): self
    {
        $events = $section->section('events');
        $read = new self(
            BridgeConfig::fromSection('events', $events, classes: BridgeConfig::CLASSES_ALLOWED),
            JobsConfig::fromSection($section->section('jobs')),
            RedisPublishConfig::fromSection($section->section('redis')),
            StreamsConfig::fromSection($section->section('streams')),
            BroadcastConfig::fromSection($section->section('broadcast')),
        );
        $events->done();
        $section->done();

        return $read;
    }
}
