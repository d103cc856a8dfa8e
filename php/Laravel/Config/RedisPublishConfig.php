<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

/** `ami-client.bridges.redis`: an event is published to whoever is subscribed at that moment. */
final readonly class RedisPublishConfig
{
    /** A dead Redis holds a tick no longer than this times two: once to connect, once to be answered. */
    public const int MAX_TIMEOUT_MS = 5_000;

    /**
     * @param string|null $connection of the application's Redis; null for its default one
     * @param string $channel with `{server}` and `{event}` for what differs
     */
    private function __construct(
        public BridgeConfig $bridge,
        public ?string $connection,
        public string $channel,
        public int $timeoutMs,
    ) {}

    public static function fromSection(Section $section): self
    {
        $read = new self(
            BridgeConfig::fromSection('redis', $section, batches: true),
            $section->stringOrNull('connection'),
            $section->string('channel', 'ami:{server}:{event}'),
            $section->int('timeout_ms', 500, 10, self::MAX_TIMEOUT_MS),
        );
        Placeholders::check($section->path('channel'), $read->channel, ['server', 'event']);
        $section->done();

        return $read;
    }
}
