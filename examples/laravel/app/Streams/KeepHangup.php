<?php

declare(strict_types=1);

namespace App\Streams;

use Apn\AmiClient\Bridge\EventPayload;
use Psr\Log\LoggerInterface;

/** Runs in `ami:consume`, which also gets what happened while it was down: the place for what must not be missed. */
final readonly class KeepHangup
{
    public function __construct(private LoggerInterface $log) {}

    public function handle(EventPayload $payload): void
    {
        $this->log->info('read from the stream', ['event' => $payload->name, 'id' => $payload->id]);
    }
}
