<?php

declare(strict_types=1);

namespace App\Listeners;

use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Psr\Log\LoggerInterface;

/** Runs within `ami:listen`, between two ticks: the place for what is quick. */
final readonly class NoteHangup
{
    public function __construct(private LoggerInterface $log) {}

    public function handle(AmiEventReceived $event): void
    {
        $this->log->info('heard in a listener', ['event' => $event->payload->name, 'channel' => $event->payload->get('Channel')]);
    }
}
