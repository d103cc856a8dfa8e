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
    /** The key of the server that it is about; null where not known. */
    public function serverKey(): ?string
    {
        throw new \Error('a stub');
    }

    /** The state of the connection at that moment; null where not known. */
    public function state(): ?ConnectionState
    {
        throw new \Error('a stub');
    }

    /** The host that was tried; null where not known. */
    public function host(): ?string
    {
        throw new \Error('a stub');
    }

    /** The TCP port that was tried; null where not known. */
    public function port(): ?int
    {
        throw new \Error('a stub');
    }
}
