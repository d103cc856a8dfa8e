<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/** How a process sends through the gateway. */
final readonly class ClientSettings
{
    /**
     * @param int $timeoutMs most milliseconds that a request waits for a listener; after it no server ever sees it
     * @param int $answerMs how long a listener waits for the answer of an action whose strategy does not say: its `action_timeout`. A
     *     sender waits for longer while a living listener has the action: an Originate takes as long as it may ring, and a list a minute
     * @param int $keepMs for how long an answer, and the key of an Idempotent, is kept
     * @param int $maxWaiting requests of all senders that no listener has taken yet; a further one is refused
     */
    public function __construct(
        public int $timeoutMs = 10_000,
        public int $answerMs = 30_000,
        public int $keepMs = 60_000,
        public int $maxWaiting = 1_000,
    ) {}
}
