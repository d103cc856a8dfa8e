<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway\Processes;

use Apn\AmiClient\ActionTimeoutException;
use Apn\AmiClient\Contracts\ActionSender;
use Apn\AmiClient\Gateway\GatewayManager;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\SingleResponse;
use Apn\AmiClient\Tests\Contract\ActionSenderContract;
use Apn\AmiClient\Tests\Gateway\Support\Process;
use Apn\AmiClient\Tests\Support\RedisServer;
use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;

/** The contract once more: a listener process, a real Redis, nodes of the simulator. */
#[RequiresPhpExtension('apn_ami')]
#[RequiresPhpExtension('redis')]
abstract class GatewayProcessTestCase extends ActionSenderContract
{
    private static ?RedisServer $redis = null;

    private static ?Simulator $simulator = null;

    private static ?Process $listener = null;

    private ?GatewayManager $manager = null;

    abstract protected static function driver(): string;

    public static function setUpBeforeClass(): void
    {
        if (Simulator::isThere() && RedisServer::isThere()) {
            self::$simulator = new Simulator('--nodes', '2', '--calls', '0', '--stdin');
            self::$redis = RedisServer::start();
            self::$listener = new Process('listener', ['redis' => self::$redis->port, 'driver' => static::driver(), 'servers' => self::$simulator->servers()]);
        }
    }

    public static function tearDownAfterClass(): void
    {
        self::$listener = self::$redis = self::$simulator = null;
    }

    protected function tearDown(): void
    {
        self::$simulator?->command('* fault clear');
    }

    protected function sender(): ActionSender
    {
        if (self::$simulator === null || self::$redis === null) {
            self::markTestSkipped('needs the simulator and redis-server');
        }
        self::assertTrue(self::$listener?->isRunning());
        if ($this->manager === null) {
            $this->manager = Process::manager(self::$redis->port, static::driver(), ['pbx1', 'pbx2']);
            $this->manager->server('pbx1')->waitUntilReady(self::SOON_MS);
            $this->manager->server('pbx2')->waitUntilReady(self::SOON_MS);
        }

        return $this->manager;
    }

    protected function mute(string $action): void
    {
        $sender = $this->sender();
        self::$simulator?->command("* fault mute action=$action");
        foreach (['pbx1', 'pbx2'] as $server) {
            $client = $sender instanceof GatewayManager ? $sender->server($server) : $sender;
            // The command goes another way than what is sent after it: only an answer that stays away says that it is in force.
            for ($attempt = 0; $attempt < 100; $attempt++) {
                try {
                    $client->send(new GenericAction($action, completionStrategy: new SingleResponse(200)))->await();
                } catch (ActionTimeoutException) {
                    continue 2;
                }
            }
            self::fail("$action is still answered");
        }
    }
}
