<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

/** How often an event comes from a server. */
final readonly class Rate
{
    /**
     * @param float $events a second
     * @param float $bytes a second
     * @param int $total events since counting began
     */
    public function __construct(
        public string $server,
        public string $name,
        public float $events,
        public float $bytes,
        public int $total,
    ) {}
}
