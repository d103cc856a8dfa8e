<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/** A request on its way to the broker. */
final readonly class Submission
{
    /**
     * @param string $server the key of the server that is to answer it; empty for any
     * @param string $body sealed
     * @param string $fingerprint tells whether another submission with this id asks for the same
     * @param int $deadlineMs by the broker's clock; not taken by a listener after it
     * @param int $holdMs for how long it is kept from when a listener takes it
     * @param int $keepMs for how long it is kept after its end
     * @param int $maxWaiting refused where so many wait already
     */
    public function __construct(
        public string $id,
        public string $server,
        public string $body,
        public string $fingerprint,
        public int $deadlineMs,
        public int $holdMs,
        public int $keepMs,
        public int $maxWaiting,
    ) {}
}
