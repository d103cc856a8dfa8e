<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Console;

use Apn\AmiClient\Tests\Laravel\TestCase;
use Apn\AmiClient\Tests\Support\Simulator;
use Illuminate\Contracts\Console\Kernel;
use Symfony\Component\Console\Output\BufferedOutput;

/** Commands for people, against a simulator of their own. */
abstract class ConsoleTestCase extends TestCase
{
    protected Simulator $simulator;

    protected string $shown = '';

    protected function setUp(): void
    {
        parent::setUp();
        if (!\extension_loaded('apn_ami')) {
            self::markTestSkipped('the extension is not loaded');
        }
        if (!Simulator::isThere()) {
            self::markTestSkipped('the simulator is not built');
        }
    }

    /** @param array<string, mixed> $config by dotted path */
    protected function simulate(array $config = [], string ...$arguments): void
    {
        $this->simulator = new Simulator('--nodes', '2', '--calls', '0', ...array_values($arguments));
        $this->boot($config + ['ami-client.servers' => $this->simulator->servers(), 'ami-client.options.heartbeat_interval' => 1.0])->instance('env', 'testing');
    }

    /**
     * @param array<string, mixed> $arguments
     *
     * @return int the exit code; what was shown is in $this->shown
     */
    protected function artisan(string $command, array $arguments = []): int
    {
        $output = new BufferedOutput();
        $code = $this->app()->make(Kernel::class)->call($command, $arguments, $output);
        $this->shown = $output->fetch();

        return $code;
    }

    /** @return array<string, mixed> */
    protected static function decoded(string $json): array
    {
        $decoded = json_decode($json, true, 512, \JSON_THROW_ON_ERROR);
        self::assertIsArray($decoded);
        /** @var array<string, mixed> $decoded */

        return $decoded;
    }
}
