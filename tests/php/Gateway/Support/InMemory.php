<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway\Support;

use Apn\AmiClient\Gateway\AllowList;
use Apn\AmiClient\Gateway\ClientSettings;
use Apn\AmiClient\Gateway\GatewayManager;
use Apn\AmiClient\Gateway\Seal;
use Apn\AmiClient\Gateway\Sender;
use Apn\AmiClient\Gateway\Server;
use Apn\AmiClient\Gateway\ServerSettings;
use Apn\AmiClient\Testing\FakeManager;
use Psr\Log\LoggerInterface;

/** Senders and listeners in one process, in virtual time: whenever a sender waits for a millisecond, every listener has a tick. */
final class InMemory
{
    public const string KEY = 'a key that only tests have';

    public readonly MemoryBroker $broker;

    /** @var list<array{Server, FakeManager}> */
    private array $listeners = [];

    public function __construct()
    {
        $this->broker = new MemoryBroker();
        $this->broker->meanwhile = $this->tick(...);
    }

    public function listener(
        FakeManager $manager,
        AllowList $allow = new AllowList(['*']),
        ServerSettings $settings = new ServerSettings(),
        ?LoggerInterface $logger = null,
        string $key = self::KEY,
    ): Server {
        $server = new Server($this->broker, new Seal($key), $allow, $settings, $logger, $this->clock());
        $server->start($manager);
        $this->listeners[] = [$server, $manager];

        return $server;
    }

    /** @param list<string> $servers */
    public function manager(array $servers = ['pbx1', 'pbx2'], ClientSettings $settings = new ClientSettings(), ?AllowList $allow = null, string $key = self::KEY): GatewayManager
    {
        return new GatewayManager(new Sender($this->broker, new Seal($key), $settings, $allow, null, $this->clock()), $servers);
    }

    /** The process of a listener is gone, without a word. */
    public function kill(Server $server): void
    {
        $this->listeners = array_values(array_filter($this->listeners, static fn(array $listener): bool => $listener[0] !== $server));
    }

    public function run(int $milliseconds): void
    {
        for ($i = 0; $i < $milliseconds; $i++) {
            $this->broker->advance(1);
            $this->tick();
        }
    }

    /** As its worker does after each tick. */
    public function tick(): void
    {
        foreach ($this->listeners as [$server, $manager]) {
            $manager->travel(1);
            $server->poll();
        }
    }

    /** @return \Closure(): int */
    private function clock(): \Closure
    {
        return fn(): int => $this->broker->nowMs;
    }
}
