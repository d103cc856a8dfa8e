<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway;

final class PhpRedisBrokerTest extends RedisBrokerTestCase
{
    protected function driver(): string
    {
        return 'phpredis';
    }
}
