<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** An action did not end well; its children say why. */
class ActionException extends \RuntimeException implements AmiException
{
    /** The key of the server that it is about; null where not known. */
    public function serverKey(): ?string
    {
        throw new \Error('a stub');
    }

    /** The ActionID of the action that it is about; null where not known. */
    public function actionId(): ?string
    {
        throw new \Error('a stub');
    }

    /** The name of the action, such as `Originate`; null where not known. */
    public function actionName(): ?string
    {
        throw new \Error('a stub');
    }
}
