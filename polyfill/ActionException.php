<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** An action did not end well; its children say why. */
class ActionException extends \RuntimeException implements AmiException
{
    private ?string $serverKey = null;

    private ?string $actionId = null;

    private ?string $actionName = null;

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

    /** The name of the action, such as `Originate`; null where not known. */
    public function actionName(): ?string
    {
        return $this->actionName;
    }
}
