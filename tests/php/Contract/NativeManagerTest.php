<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Contract;

use Apn\AmiClient\AmiClientManager as Extension;
use Apn\AmiClient\Native\NativeClient;
use Apn\AmiClient\Native\NativeManager;
use Apn\AmiClient\Tests\Support\Mode;
use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;

/** The extension's manager against nodes of the simulator. */
#[RequiresPhpExtension('apn_ami')]
final class NativeManagerTest extends AmiClientManagerContract
{
    private static ?Simulator $simulator = null;

    private ?NativeManager $manager = null;

    public static function setUpBeforeClass(): void
    {
        if (Simulator::isThere()) {
            self::$simulator = new Simulator('--nodes', '2', '--calls', '0', '--stdin');
        }
    }

    public static function tearDownAfterClass(): void
    {
        self::$simulator = null;
    }

    protected function tearDown(): void
    {
        $this->manager?->terminate();
        $this->manager = null;
        self::$simulator?->command('* fault clear');
    }

    protected function manager(): NativeManager
    {
        return $this->manager ??= new NativeManager(Extension::fromConfig([
            'default' => 'pbx1',
            'servers' => self::simulator()->servers(),
            'options' => Mode::options(),
        ]));
    }

    protected function mute(string $action): void
    {
        self::simulator()->command("* fault mute action=$action");
    }

    protected function cut(string $server): void
    {
        self::simulator()->command("$server fault reset");
    }

    protected function addNobody(string $key): NativeClient
    {
        return $this->manager()->addServer(self::config($key));
    }

    private static function simulator(): Simulator
    {
        return self::$simulator ?? self::markTestSkipped('the simulator has not been built');
    }
}
