<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * A child process used what its parent owns. The child cannot: the sockets are the parent's. Make a manager of its own
 * in the child.
 */
class ForkedProcessException extends \LogicException implements AmiException
{
    private int $ownerPid = 0;

    /** The process that owns it; 0 where made from PHP. */
    public function ownerPid(): int
    {
        return $this->ownerPid;
    }
}
