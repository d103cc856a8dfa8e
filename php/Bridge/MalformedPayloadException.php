<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bridge;

use Apn\AmiClient\AmiException;

/**
 * What should be an EventPayload is none. The usual cause: somebody else writes to the same stream, channel or queue, or a
 * newer version of this package does.
 */
final class MalformedPayloadException extends \UnexpectedValueException implements AmiException
{
    /** @param string $key the member that is wrong, such as `headers.3`; empty where it is the whole */
    public function __construct(public readonly string $key, string $message, ?\Throwable $previous = null)
    {
        parent::__construct('event payload: ' . ($key === '' ? '' : "$key: ") . $message, 0, $previous);
    }
}
