<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

use Apn\AmiClient\Bridge\EventPayload;
use Illuminate\Broadcasting\Channel;
use Illuminate\Contracts\Broadcasting\ShouldBroadcast;

/** What the bridge `broadcast` puts into a queue, for a worker to broadcast. */
final readonly class AmiEventBroadcast implements ShouldBroadcast
{
    /**
     * @param list<string> $channels with the prefix that says what they are, such as `private-`
     * @param string|null $connection null for the default one
     */
    public function __construct(
        public EventPayload $payload,
        private array $channels,
        private string $as,
        private ?string $connection,
    ) {}

    /** @return list<Channel> */
    public function broadcastOn(): array
    {
        return array_map(static fn(string $channel): Channel => new Channel($channel), $this->channels);
    }

    public function broadcastAs(): string
    {
        return $this->as;
    }

    /** @return array<string, mixed> */
    public function broadcastWith(): array
    {
        return $this->payload->toArray();
    }

    /** @return list<string|null> */
    public function broadcastConnections(): array
    {
        return [$this->connection];
    }
}
