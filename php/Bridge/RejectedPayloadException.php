<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bridge;

use Apn\AmiClient\AmiException;

/**
 * A payload that its target can never take, however often it is tried: a listener throws, a job cannot be made of it.
 */
final class RejectedPayloadException extends \RuntimeException implements AmiException
{
    public function __construct(public readonly EventPayload $payload, \Throwable $previous)
    {
        parent::__construct($payload->name . ' ' . $payload->id . ': ' . $previous->getMessage(), 0, $previous);
    }
}
