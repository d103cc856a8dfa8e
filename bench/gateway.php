<?php

declare(strict_types=1);

// How long an action takes through the gateway, and what a listener costs that serves it: with a Redis and a node of the simulator on this
// machine, a listener process, and this one, which sends. It has no bounds.
//
//   ./dev bench gateway
//     --requests=1000        of each kind
//     --client=phpredis      or predis

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Bench\Support\Arguments;
use Apn\AmiClient\Bench\Support\Machine;
use Apn\AmiClient\Tests\Gateway\Support\Process;
use Apn\AmiClient\Tests\Support\RedisServer;
use Apn\AmiClient\Tests\Support\Simulator;
use Illuminate\Foundation\Application;

require __DIR__ . '/../tests/bootstrap.php';
require __DIR__ . '/Support/autoload.php';

$arguments = new Arguments($argv, ['requests', 'client']);
$driver = $arguments->text('client') ?? 'phpredis';
$requests = (int) $arguments->number('requests', 1000);
if (!class_exists(Application::class) || !RedisServer::isThere() || !Simulator::isThere() || ($driver === 'phpredis' ? !\extension_loaded('redis') : !class_exists(\Predis\Client::class))) {
    echo "left out: it needs Laravel, redis-server, the simulator and $driver\n";
    exit(0);
}
$simulator = new Simulator('--nodes', '1', '--calls', '0');
$redis = RedisServer::start();
$listener = new Process('listener', ['redis' => $redis->port, 'driver' => $driver, 'servers' => $simulator->servers()]);
$gateway = Process::manager($redis->port, $driver, ['pbx1'])->server('pbx1')->waitUntilReady();
$direct = AmiClientManager::fromConfig(['servers' => $simulator->servers()])->server('pbx1')->waitUntilReady();

/** @param non-empty-list<float> $seconds */
function summary(array $seconds): string
{
    sort($seconds);
    $at = static fn(float $share): float => $seconds[(int) floor($share * (count($seconds) - 1))] * 1000;

    return sprintf('median %.2f ms, 95%% %.2f ms, 99%% %.2f ms, worst %.2f ms', $at(0.5), $at(0.95), $at(0.99), $at(1.0));
}

/**
 * @param \Closure(): mixed $call
 *
 * @return non-empty-list<float> seconds of each
 */
function time_of(\Closure $call, int $times, int $pauseMs = 0): array
{
    $seconds = [];
    for ($i = 0; $i < max(1, $times); $i++) {
        // Not in step with the listener, which looks at fixed times.
        usleep($pauseMs === 0 ? 0 : random_int($pauseMs, $pauseMs + 50) * 1000);
        $start = hrtime(true);
        $call();
        $seconds[] = (hrtime(true) - $start) / 1e9;
    }

    assert($seconds !== []);

    return $seconds;
}

/** Seconds of the processor that a process has used. */
function processor_of(Process $process): float
{
    $fields = explode(' ', (string) preg_replace('/^.*\) /', '', (string) file_get_contents("/proc/{$process->id()}/stat")));

    return ((int) $fields[11] + (int) $fields[12]) / 100;
}

$call = static fn(): mixed => $gateway->call(new Ping());
printf("\n%s requests by %s\n%s, load %.1f\n\n", number_format($requests), $driver, Machine::describe(), Machine::load());
echo 'a connection of its own       ', summary(time_of(static fn(): mixed => $direct->call(new Ping()), $requests)), "\n";
$call();
echo 'one after the other           ', summary(time_of($call, $requests)), "\n";
echo 'each after a rest of 400 ms   ', summary(time_of($call, 50, 400)), "\n";

$before = processor_of($listener);
$start = microtime(true);
$done = 0;
while ($done < $requests) {
    $pending = [];
    for ($i = 0; $i < 100; $i++) {
        $pending[] = $gateway->send(new Ping());
    }
    foreach ($pending as $one) {
        $one->await();
        $done++;
    }
}
$took = microtime(true) - $start;
printf("a hundred at a time           %d a second, the listener at %.0f %% of a core\n", $done / $took, (processor_of($listener) - $before) / $took * 100);

$before = processor_of($listener);
sleep(10);
printf("nothing for ten seconds       the listener at %.2f %% of a core\n", (processor_of($listener) - $before) / 10 * 100);
