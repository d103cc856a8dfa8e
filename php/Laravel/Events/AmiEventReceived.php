<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

use Apn\AmiClient\Bridge\EventPayload;

/**
 * An event of a server. Dispatched by the bridge `events` within `ami:listen`, and by `ami:consume` where no handler is configured.
 */
final readonly class AmiEventReceived
{
    public function __construct(public EventPayload $payload) {}
}
