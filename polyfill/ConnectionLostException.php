<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * The connection went away while an action waited for its answer.
 *
 * Whether the server carried the action out is not known. It is never sent again by itself.
 */
class ConnectionLostException extends ConnectionException
{
    private ?string $actionId = null;

    /** The ActionID of the action that it is about; null where not known. */
    public function actionId(): ?string
    {
        return $this->actionId;
    }
}
