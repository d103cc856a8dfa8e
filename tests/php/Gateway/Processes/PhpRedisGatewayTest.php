<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway\Processes;

final class PhpRedisGatewayTest extends GatewayProcessTestCase
{
    protected static function driver(): string
    {
        return 'phpredis';
    }
}
