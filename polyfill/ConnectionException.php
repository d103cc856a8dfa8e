<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * A connection could not be made or kept, or what was asked needs one that is not there.
 *
 * The client itself goes on and connects again, as its options say.
 */
class ConnectionException extends \RuntimeException implements AmiException
{
    private ?string $serverKey = null;

    private ?ConnectionState $state = null;

    private ?string $host = null;

    private ?int $port = null;

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

    /** The host that was tried; null where not known. */
    public function host(): ?string
    {
        return $this->host;
    }

    /** The TCP port that was tried; null where not known. */
    public function port(): ?int
    {
        return $this->port;
    }
}
