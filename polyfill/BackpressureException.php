<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * A limit is reached: the server answers or reads more slowly than actions are sent.
 *
 * Nothing was queued, and nothing waits. Let ticks pass, then try again.
 */
class BackpressureException extends \RuntimeException implements AmiException
{
    private ?string $serverKey = null;

    private string $limitName = '';

    private int $limit = 0;

    private int $current = 0;

    /** The key of the server that it is about; null where not known. */
    public function serverKey(): ?string
    {
        return $this->serverKey;
    }

    /**
     * The option or thing that sets the limit, such as `max_pending_actions`. Empty where made from PHP. `memory_limit`: the
     * manager shuts down, and trying again is in vain.
     */
    public function limitName(): string
    {
        return $this->limitName;
    }

    /** What the limit allows, in its own unit: actions, or bytes for `write_buffer_limit` and `memory_limit`. */
    public function limit(): int
    {
        return $this->limit;
    }

    /** How much there was, in the same unit. */
    public function current(): int
    {
        return $this->current;
    }
}
