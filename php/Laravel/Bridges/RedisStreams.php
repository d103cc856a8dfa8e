<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridges;

use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Bridge\Target;
use Apn\AmiClient\Laravel\Config\Placeholders;
use Apn\AmiClient\Laravel\Redis\RedisErrorException;
use Apn\AmiClient\Laravel\Redis\RedisLink;

/**
 * Adds events to Redis streams, a batch in one go. An entry has one field, `payload`, with the JSON of EventPayload.
 *
 * Where the answer is lost, the batch is sent again: a consumer sees its entries twice, with the same `id` in the payload.
 */
final readonly class RedisStreams implements Target
{
    /** The field of an entry. */
    public const string FIELD = 'payload';

    /**
     * @param string $stream with `{server}` for one stream a server
     * @param int $maxLength entries after which the oldest go, about: Redis trims whole nodes of a hundred; 0 for never
     */
    public function __construct(
        private RedisLink $redis,
        private string $stream,
        private int $maxLength,
    ) {}

    public function deliver(array $payloads): int
    {
        $trim = $this->maxLength > 0 ? ['MAXLEN', '~', $this->maxLength] : [];
        $replies = $this->redis->pipeline(array_map(function (EventPayload $payload) use ($trim): array {
            $key = $this->redis->key(Placeholders::fill($this->stream, $payload));

            return [$key, ['XADD', $key, ...$trim, '*', self::FIELD, $payload->toJson()]];
        }, $payloads));

        return self::taken($replies);
    }

    /**
     * How many are done before the first one that Redis refused.
     *
     * @param non-empty-list<mixed> $replies
     *
     * @throws RedisErrorException where that is the first one
     */
    public static function taken(array $replies): int
    {
        foreach ($replies as $at => $reply) {
            if ($reply instanceof RedisErrorException) {
                return $at > 0 ? $at : throw $reply;
            }
        }

        return \count($replies);
    }
}
