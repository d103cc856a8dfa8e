<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridges;

use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Bridge\Target;
use Apn\AmiClient\Laravel\Config\Placeholders;
use Apn\AmiClient\Laravel\Redis\RedisLink;

/** Publishes events as JSON, a batch in one go. Redis keeps nothing: who is not subscribed at that moment does not get them. */
final readonly class RedisPublish implements Target
{
    /** @param string $channel with `{server}` and `{event}` for what differs */
    public function __construct(private RedisLink $redis, private string $channel) {}

    public function deliver(array $payloads): int
    {
        return RedisStreams::taken($this->redis->pipeline(array_map(function (EventPayload $payload): array {
            $channel = $this->redis->key(Placeholders::fill($this->channel, $payload));

            return [$channel, ['PUBLISH', $channel, $payload->toJson()]];
        }, $payloads)));
    }
}
