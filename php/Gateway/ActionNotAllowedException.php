<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\ActionSendFailedException;

/** The action may not go through the gateway. It was not carried out. */
class ActionNotAllowedException extends ActionSendFailedException
{
    public static function of(string $action, string $why): self
    {
        return Exceptions::with(new self("the action $action may not go through the gateway: $why"), ['actionName' => $action]);
    }
}
