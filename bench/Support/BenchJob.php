<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

use Apn\AmiClient\Bridge\EventPayload;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Foundation\Queue\Queueable;

/** What the bridge `jobs` queues while it is measured. */
final class BenchJob implements ShouldQueue
{
    use Queueable;

    public function __construct(public EventPayload $payload) {}

    public function handle(): void {}
}
