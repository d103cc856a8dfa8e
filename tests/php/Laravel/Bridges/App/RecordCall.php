<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges\App;

use Apn\AmiClient\Bridge\EventPayload;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Foundation\Queue\Queueable;

/** An application's own job. */
class RecordCall implements ShouldQueue
{
    use Queueable;

    /** @var list<string> ids */
    public static array $ran = [];

    public function __construct(public EventPayload $payload)
    {
        if ($payload->has('Impossible')) {
            throw new \DomainException('no job can be made of it');
        }
    }

    public function handle(): void
    {
        if ($this->payload->has('Throws')) {
            throw new \DomainException('the job failed');
        }
        self::$ran[] = $this->payload->id;
    }
}
