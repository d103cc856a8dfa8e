<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

/** `ami-client.bridges.streams`: events are kept in Redis until they are consumed. Both ends of it. */
final readonly class StreamsConfig
{
    /** A day: what nobody has acknowledged by then is no work in progress. */
    private const int MAX_CLAIM_IDLE_MS = 86_400_000;

    /**
     * @param string|null $connection of the application's Redis; null for its default one
     * @param string $stream with `{server}` for one stream a server
     * @param int $maxLength entries after which the oldest go, about; 0 for never
     * @param int $timeoutMs that the bridge waits for Redis, once to connect and once to be answered
     * @param string $group of consumers: each has all entries, its consumers share them
     * @param string|null $handler class with handle(EventPayload), or invokable; null dispatches Laravel events
     * @param string $from where a new group begins: `start` of what is there, or `end`
     * @param int $count entries read at once
     * @param int $blockMs that a read waits for entries
     * @param int $claimIdleMs after which a further consumer takes what one has read and not acknowledged
     * @param int $maxDeliveries of one entry; then it goes to the dead letters
     * @param string $deadLetter stream, with `{stream}` for the name of the one it comes from
     * @param int $deadLetterMaxLength entries after which the oldest go, about
     */
    private function __construct(
        public BridgeConfig $bridge,
        public ?string $connection,
        public string $stream,
        public int $maxLength,
        public int $timeoutMs,
        public string $group,
        public ?string $handler,
        public string $from,
        public int $count,
        public int $blockMs,
        public int $claimIdleMs,
        public int $maxDeliveries,
        public string $deadLetter,
        public int $deadLetterMaxLength,
    ) {}

    public static function fromSection(Section $section): self
    {
        $consumer = $section->section('consumer');
        $read = new self(
            BridgeConfig::fromSection('streams', $section, batches: true),
            $section->stringOrNull('connection'),
            $section->string('stream', 'ami:events'),
            $section->int('max_length', 100_000, 0, \PHP_INT_MAX),
            $section->int('timeout_ms', 500, 10, RedisPublishConfig::MAX_TIMEOUT_MS),
            $consumer->string('group', 'ami'),
            $consumer->stringOrNull('handler'),
            $consumer->oneOf('from', 'start', ['start', 'end']),
            $consumer->int('count', 100, 1, 10_000),
            // A signal ends a consumer only between two reads.
            $consumer->int('block_ms', 1_000, 1, 10_000),
            $consumer->int('claim_idle_ms', 60_000, 100, self::MAX_CLAIM_IDLE_MS),
            $consumer->int('max_deliveries', 5, 1, 1_000_000),
            $consumer->string('dead_letter', '{stream}:dead'),
            $consumer->int('dead_letter_max_length', 10_000, 1, \PHP_INT_MAX),
        );
        Placeholders::check($section->path('stream'), $read->stream, ['server']);
        $consumer->done();
        $section->done();

        return $read;
    }

    /**
     * The streams there are.
     *
     * @param list<string> $servers keys
     *
     * @return list<string>
     */
    public function streams(array $servers): array
    {
        return array_values(array_unique(array_map(fn(string $server): string => str_replace('{server}', $server, $this->stream), $servers)));
    }
}
