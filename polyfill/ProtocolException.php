<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * What the server sent cannot be taken: an answer longer than `max_frame_size`, more output than
 * `command_output_limit`, or more messages than the strategy allows. The connection goes on.
 */
class ProtocolException extends \RuntimeException implements AmiException
{
    private ?string $serverKey = null;

    private ?string $actionId = null;

    /** The key of the server that it is about; null where not known. */
    public function serverKey(): ?string
    {
        return $this->serverKey;
    }

    /** The ActionID of the action that it is about; null where not known. */
    public function actionId(): ?string
    {
        return $this->actionId;
    }
}
