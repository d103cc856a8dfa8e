<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway;

use Apn\AmiClient\Contracts\ActionSender;
use Apn\AmiClient\Gateway\GatewayManager;
use Apn\AmiClient\Testing\Answer;
use Apn\AmiClient\Testing\FakeManager;
use Apn\AmiClient\Tests\Contract\ActionSenderContract;
use Apn\AmiClient\Tests\Gateway\Support\Answers;
use Apn\AmiClient\Tests\Gateway\Support\InMemory;

/** The gateway is an ActionSender like any other. */
final class InMemoryContractTest extends ActionSenderContract
{
    private GatewayManager $manager;

    private FakeManager $servers;

    protected function setUp(): void
    {
        $gateway = new InMemory();
        $this->servers = Answers::manager();
        $gateway->listener($this->servers);
        $this->manager = $gateway->manager();
    }

    protected function sender(): ActionSender
    {
        return $this->manager;
    }

    protected function mute(string $action): void
    {
        $this->servers->answer($action, Answer::never());
    }
}
