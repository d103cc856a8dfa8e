<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\AmiException;

/** What the listener threw, where it is no exception of this package: by a routing strategy or a listener of the application, say. */
class GatewayException extends \RuntimeException implements AmiException
{
    public function __construct(string $message, private readonly string $originalClass)
    {
        parent::__construct($message);
    }

    /** The class of what was thrown there. */
    public function originalClass(): string
    {
        return $this->originalClass;
    }
}
