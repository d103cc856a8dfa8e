<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridges;

use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Bridge\RejectedPayloadException;
use Apn\AmiClient\Bridge\Target;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Apn\AmiClient\Laravel\Events\AmiEventsMissed;
use Illuminate\Container\Container;
use Illuminate\Contracts\Events\Dispatcher;

/**
 * Dispatches a Laravel event for each, one at a time: its listeners run within the listener process, between two ticks, unless they are
 * queued. One that throws costs the others of that event their turn, as everywhere in Laravel, and is not called for it again.
 */
final readonly class LaravelEvents implements Target
{
    public function __construct(private Dispatcher $dispatcher, private ClassMap $classes, private Container $container) {}

    public function deliver(array $payloads): int
    {
        [$payload] = $payloads;
        // What is shared within a request or a job is shared within an event.
        $this->container->forgetScopedInstances();
        try {
            $this->dispatcher->dispatch($this->classes->make($payload) ?? self::eventOf($payload));
        } catch (\Throwable $thrown) {
            throw new RejectedPayloadException($payload, $thrown);
        }

        return 1;
    }

    public static function eventOf(EventPayload $payload): object
    {
        return $payload->isEvent() ? new AmiEventReceived($payload) : new AmiEventsMissed($payload);
    }
}
