<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges\App;

use Apn\AmiClient\Bridge\EventPayload;

/** An application's own event. */
final readonly class CallEnded
{
    public function __construct(public EventPayload $payload) {}
}
