<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

/** `ami-client.bridges.broadcast`: an event is broadcast, to browsers. */
final readonly class BroadcastConfig
{
    /**
     * @param string|null $connection of the application's broadcasting; null for its default one
     * @param list<string> $channels with `{server}` and `{event}` for what differs: private channels, or such as everybody sees who
     *     is there where the name begins with `presence-`. There are no public ones: what passes on a telephone is nobody else's business
     * @param string $as the event's name for the browser
     * @param bool $queue whether a queue worker broadcasts; else the listener does, and waits for it
     * @param string|null $queueConnection null for the default one
     * @param string|null $queueName null for the default one
     */
    private function __construct(
        public BridgeConfig $bridge,
        public ?string $connection,
        public array $channels,
        public string $as,
        public bool $queue,
        public ?string $queueConnection,
        public ?string $queueName,
    ) {}

    public static function fromSection(Section $section): self
    {
        $read = new self(
            BridgeConfig::fromSection('broadcast', $section, tries: 3),
            $section->stringOrNull('connection'),
            $section->strings('channels', ['ami.{server}']),
            $section->string('as', '{event}'),
            $section->bool('queue', true),
            $section->stringOrNull('queue_connection'),
            $section->stringOrNull('queue_name'),
        );
        if ($read->channels === []) {
            throw InvalidSettingException::mustBe($section->path('channels'), [], 'a list with at least one channel');
        }
        foreach ([...$read->channels, $read->as] as $pattern) {
            Placeholders::check($section->path('channels'), $pattern, ['server', 'event']);
        }
        $section->done();

        return $read;
    }
}
