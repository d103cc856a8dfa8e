<?php

declare(strict_types=1);

namespace App\Jobs;

use Apn\AmiClient\Bridge\EventPayload;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Foundation\Queue\Queueable;
use Psr\Log\LoggerInterface;

/** Runs in a queue worker, which connects to no server: the place for what takes its time. */
final class RecordHangup implements ShouldQueue
{
    use Queueable;

    public function __construct(private readonly EventPayload $payload) {}

    public function handle(LoggerInterface $log): void
    {
        $log->info('heard in a job', ['event' => $this->payload->name, 'cause' => $this->payload->get('Cause-txt')]);
    }
}
