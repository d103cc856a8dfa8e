<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridges;

use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Bridge\Target;
use Apn\AmiClient\Laravel\Config\BroadcastConfig;
use Apn\AmiClient\Laravel\Config\Placeholders;
use Apn\AmiClient\Laravel\Events\AmiEventBroadcast;
use Illuminate\Broadcasting\BroadcastEvent;
use Illuminate\Contracts\Broadcasting\Factory as Broadcasting;
use Illuminate\Contracts\Queue\Factory as Queues;

/**
 * Broadcasts each event to private channels: by way of a queue, or at once, which takes the listener as long as the broadcaster's
 * answer.
 */
final readonly class Broadcast implements Target
{
    public function __construct(private Broadcasting $broadcasting, private Queues $queues, private BroadcastConfig $config) {}

    public function deliver(array $payloads): int
    {
        [$payload] = $payloads;
        $channels = array_map(static fn(string $pattern): string => self::channel($pattern, $payload), $this->config->channels);
        $as = Placeholders::fill($this->config->as, $payload);
        if ($this->config->queue) {
            $event = new AmiEventBroadcast($payload, $channels, $as, $this->config->connection);
            $this->queues->connection($this->config->queueConnection)->push(new BroadcastEvent($event), '', $this->config->queueName);
        } else {
            $this->broadcasting->connection($this->config->connection)->broadcast($channels, $as, $payload->toArray());
        }

        return 1;
    }

    private static function channel(string $pattern, EventPayload $payload): string
    {
        $name = Placeholders::fill($pattern, $payload);

        return str_starts_with($name, 'presence-') || str_starts_with($name, 'private-') ? $name : "private-$name";
    }
}
