<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

/** What is known of the worker that was at work before. */
final readonly class LastSign
{
    /**
     * @param string $worker who it was, for people: host and process id
     * @param float $from until when it had surely handed on what it read, in seconds since the epoch by this machine's clock
     * @param bool $isOrderly whether it left by itself
     * @param bool $isEstimated whether nobody watched it, so that `from` is by the other machine's clock
     */
    public function __construct(
        public string $worker,
        public float $from,
        public bool $isOrderly,
        public bool $isEstimated = false,
    ) {}
}
