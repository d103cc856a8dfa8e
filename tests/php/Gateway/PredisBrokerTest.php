<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway;

final class PredisBrokerTest extends RedisBrokerTestCase
{
    protected function driver(): string
    {
        return 'predis';
    }
}
