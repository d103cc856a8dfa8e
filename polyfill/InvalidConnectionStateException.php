<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * What was asked is not possible in the state that the connection is in, such as sending before it is ready.
 *
 * Nothing was queued.
 */
class InvalidConnectionStateException extends \RuntimeException implements AmiException
{
    private ?string $serverKey = null;

    private ?ConnectionState $state = null;

    /** @var array<string, ConnectionState>|null */
    private ?array $states = null;

    /** The key of the server that it is about; null where not known. */
    public function serverKey(): ?string
    {
        return $this->serverKey;
    }

    /** The state of the connection at that moment; null where not known. */
    public function state(): ?ConnectionState
    {
        return $this->state;
    }

    /**
     * Where it is about more than one server, or about what a routing strategy names: the state of each.
     *
     * @return array<string, ConnectionState>|null by server key; null where it is about one server
     */
    public function states(): ?array
    {
        return $this->states;
    }
}
