<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges;

use Illuminate\Broadcasting\Broadcasters\Broadcaster;

/** A broadcaster that hands what it is given to a test. */
final class KeptBroadcaster extends Broadcaster
{
    /** @param \Closure(list<string>, string, array<array-key, mixed>): mixed $keep */
    public function __construct(private readonly \Closure $keep) {}

    /** @param mixed $request */
    public function auth($request): mixed
    {
        return null;
    }

    /**
     * @param mixed $request
     * @param mixed $result
     */
    public function validAuthenticationResponse($request, $result): mixed
    {
        return null;
    }

    /**
     * @param array<array-key, mixed> $channels
     * @param mixed $event
     * @param array<array-key, mixed> $payload
     */
    public function broadcast(array $channels, $event, array $payload = []): void
    {
        ($this->keep)(array_values(array_filter($this->formatChannels($channels), is_string(...))), \is_string($event) ? $event : '', $payload);
    }
}
