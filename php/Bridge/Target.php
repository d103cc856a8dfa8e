<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bridge;

/** Where a bridge hands events on to. */
interface Target
{
    /**
     * Hands payloads on, oldest first. Called between ticks: while it runs, nothing is dispatched.
     *
     * @param non-empty-list<EventPayload> $payloads
     *
     * @return int how many were taken, from the first on; the others are given again in the next call
     *
     * @throws RejectedPayloadException where the first of them can never be taken: it is counted as failed, and not given again
     * @throws \Throwable where the target is not to be had: all are given again later. Some may have been taken nevertheless, and
     *     come twice then: with the same id
     */
    public function deliver(array $payloads): int;
}
