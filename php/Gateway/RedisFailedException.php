<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\AmiException;

/** Redis could not be reached, or did not answer as it should. */
class RedisFailedException extends \RuntimeException implements AmiException
{
    /** @param bool $sent false where there was no connection on which the command could have been written */
    public function __construct(string $message, private readonly bool $sent = true, ?\Throwable $previous = null)
    {
        parent::__construct($message, 0, $previous);
    }

    /** Whether Redis may have carried the command out. */
    public function wasSent(): bool
    {
        return $this->sent;
    }
}
