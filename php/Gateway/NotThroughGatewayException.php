<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\AmiException;

/** What was asked needs connections of this process, and they are the listener's. The message says where it belongs. */
class NotThroughGatewayException extends \LogicException implements AmiException
{
    public static function of(string $method, string $instead): self
    {
        return new self("$method() is not possible through the gateway: $instead");
    }
}
