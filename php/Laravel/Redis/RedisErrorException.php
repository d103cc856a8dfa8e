<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Redis;

use Apn\AmiClient\AmiException;

/** Redis answered with an error. */
final class RedisErrorException extends \RuntimeException implements AmiException
{
    /** Its first word, such as `NOGROUP`, which says what it is. */
    public function is(string $word): bool
    {
        return str_starts_with($this->getMessage(), $word . ' ');
    }
}
