<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * No complete answer came in time: a slow server, a session that a synchronous action blocks, or the wrong strategy.
 *
 * Whether the server carried the action out is not known; an answer that comes later is counted and ignored.
 */
class ActionTimeoutException extends ActionException
{
    private int $timeoutMs = 0;

    /** How long was waited, in milliseconds; 0 where made from PHP. */
    public function timeoutMs(): int
    {
        return $this->timeoutMs;
    }
}
