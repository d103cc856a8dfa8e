<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Events;

use Apn\AmiClient\Bridge\EventPayload;

/** Events that will not come: the payload's kind is `gap` or `dropped`. Who keeps calls in mind should ask the server anew. */
final readonly class AmiEventsMissed
{
    public function __construct(public EventPayload $payload) {}
}
