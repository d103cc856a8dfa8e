<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway;

use Apn\AmiClient\Gateway\Broker;
use Apn\AmiClient\Tests\Gateway\Support\MemoryBroker;

final class MemoryBrokerTest extends BrokerContract
{
    private MemoryBroker $broker;

    protected function setUp(): void
    {
        $this->broker = new MemoryBroker();
    }

    protected function broker(): Broker
    {
        return $this->broker;
    }

    protected function wait(int $ms): void
    {
        $this->broker->advance($ms);
    }
}
