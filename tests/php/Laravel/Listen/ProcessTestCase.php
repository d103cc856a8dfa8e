<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Listen;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Laravel\TestCase;
use Apn\AmiClient\Tests\Support\Simulator;

/** Tests of `ami:listen` as a process. */
abstract class ProcessTestCase extends TestCase
{
    /** Long enough for a loaded machine; only a failing test waits so long. */
    protected const float PATIENCE = 30.0;

    protected string $folder;

    protected function setUp(): void
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('needs the simulator');
        }
        $this->folder = $this->folder();
    }

    /** @param array<string, mixed> $config */
    protected function start(Simulator $simulator, array $config, string $name, string ...$arguments): Process
    {
        return new Process($this->folder, $config + [
            'app.key' => 'base64:' . base64_encode(str_repeat('k', 32)),
            'ami-client.servers' => $simulator->servers(),
            'cache.default' => 'file',
            'logging.default' => 'stderr',
        ], "$this->folder/$name.events", "$this->folder/$name.output", ...$arguments);
    }

    /** @param \Closure(): bool $holds */
    protected static function until(\Closure $holds, string $what, Process ...$processes): void
    {
        for ($until = hrtime(true) / 1e9 + self::PATIENCE; !$holds();) {
            if (hrtime(true) / 1e9 > $until) {
                self::fail("$what: not in time\n" . implode("\n", array_map(static fn(Process $process): string => $process->output(), $processes)));
            }
            usleep(5_000);
        }
    }

    /** A session of the test's own. */
    protected static function session(Simulator $simulator, string $events = 'off'): AmiClientManager
    {
        $manager = AmiClientManager::fromConfig(['servers' => $simulator->servers(['events' => $events])]);
        $manager->connectAll();
        foreach (array_keys($simulator->nodes) as $key) {
            $manager->server($key)->waitUntilReady();
        }

        return $manager;
    }

    /** What the first node counts. */
    protected static function counted(AmiClientManager $session, string $what): int
    {
        return (int) $session->default()->call(new GenericAction('SimulatorStats'))->get($what);
    }
}
