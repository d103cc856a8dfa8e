<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/** How a listener serves the gateway. */
final readonly class ServerSettings
{
    /**
     * @param int $pollMs between two looks for requests while none come
     * @param int $keepMs for how long an answer is kept: in Redis for who asks, and here while Redis cannot be reached
     * @param int $maxInFlight requests that are carried out or whose answers wait for Redis; at so many no further ones are taken
     * @param int $maxAnswerBytes of the messages of one answer
     * @param int $settleMs for how long after its start requests for servers that are not ready yet wait, instead of being refused
     */
    public function __construct(
        public int $pollMs = 30,
        public int $keepMs = 60_000,
        public int $maxInFlight = 1_000,
        public int $maxAnswerBytes = 8 << 20,
        public int $settleMs = 5_000,
    ) {}
}
