<?php

declare(strict_types=1);

namespace Apn\AmiClient\Http;

/** The endpoint cannot listen where it should: the port is taken, or the address is none of this machine's. */
final class ListenException extends \RuntimeException
{
    public function __construct(public readonly string $listen, string $reason)
    {
        parent::__construct("cannot listen on $listen: $reason");
    }
}
