<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

/**
 * When a worker ends by itself, so that a supervisor starts a fresh one. Null is no limit.
 */
final readonly class Limits
{
    /**
     * @param int|null $ticks ticks, idle ones counted
     * @param float|null $seconds seconds since run() was called
     * @param int|null $memoryBytes bytes that the process holds, the extension's own and shared libraries included
     *     where the system tells (Linux); what PHP has allocated elsewhere. Looked at once a second
     *
     * @throws \InvalidArgumentException where a limit is not above zero
     */
    public function __construct(
        public ?int $ticks = null,
        public ?float $seconds = null,
        public ?int $memoryBytes = null,
    ) {
        foreach (['ticks' => $ticks, 'seconds' => $seconds, 'memoryBytes' => $memoryBytes] as $name => $limit) {
            if ($limit !== null && !($limit > 0)) {
                throw new \InvalidArgumentException("the limit $name must be above zero, but is $limit");
            }
        }
    }
}
