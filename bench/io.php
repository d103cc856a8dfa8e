<?php

declare(strict_types=1);

// The two modes of `io`, in turn and in one run: throughput, an event's way to its listener, a Ping there and back, and how
// long a getter waits for its turn in a flood.
//
//   ./dev bench io                      BENCH_EVENTS=200000 a flood, BENCH_ROUNDS=5, of which the median counts
//
// The simulator, PHP and the thread share the machine: on two cores, three of them want one.

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\Simulator;

require __DIR__ . '/../tests/bootstrap.php';

const MODES = ['inline', 'background'];
const EXCHANGES = 2000;
const NODES = 50;

$number = static fn(string $name, int $default): int => max(1, (int) (getenv($name) !== false ? getenv($name) : $default));
$events = $number('BENCH_EVENTS', 200_000);
$rounds = $number('BENCH_ROUNDS', 5);

/** @param array<string, mixed> $options */
function manager(Simulator $simulator, string $io, array $options = []): AmiClientManager
{
    return AmiClientManager::fromConfig(['servers' => $simulator->servers(), 'options' => ['io' => $io] + $options]);
}

/** @param list<float|int> $values */
function at(array $values, float $share): float
{
    sort($values);

    return (float) $values[min((int) (\count($values) * $share), \count($values) - 1)];
}

/** Events a second, from the socket to the listener. */
function flood(Simulator $simulator, string $io, int $events, callable $listener): float
{
    $manager = manager($simulator, $io, ['event_queue_capacity' => 1_000_000]);
    $manager->onEvent('UserEvent', $listener);
    $manager->connectAll();
    $count = $start = 0;
    while ($count < $events) {
        if ($count > 0 && $start === 0) {
            // From the first event on: what a thread has read by then is part of what it does.
            $start = hrtime(true);
        }
        $summary = $manager->tickAll(250);
        $count += $summary->eventsDispatched;
        $summary->eventsDropped === 0 || throw new \RuntimeException("$summary->eventsDropped events were dropped");
    }
    $seconds = (hrtime(true) - $start) / 1e9;
    $manager->terminate();

    return $events / $seconds;
}

$sum = 0;
$listeners = [
    'an empty listener' => static function (AmiEvent $event): void {},
    'three headers' => static function (AmiEvent $event) use (&$sum): void {
        $sum += \strlen($event->get('UserEvent') . $event->get('Seq') . $event->get('Uniqueid'));
    },
];
$simulator = new Simulator('--nodes', '1', '--calls', '0', '--flood', (string) $events);
$rates = [];
for ($round = 0; $round < $rounds; $round++) {
    foreach ($listeners as $name => $listener) {
        foreach (MODES as $io) {
            $rates[$name][$io][] = flood($simulator, $io, $events, $listener);
        }
    }
}
unset($simulator);
echo "\nsocket to listener, events/s: ", number_format($events), " events of 520 bytes, median of $rounds rounds\n\n";
printf("%-28s %12s %12s %22s\n", '', ...[...MODES, 'background to inline']);
foreach ($rates as $name => $by) {
    $ratios = array_map(static fn(float $background, float $inline): float => $background / $inline, $by['background'], $by['inline']);
    printf("%-28s %12s %12s %21.2fx\n", $name, number_format(at($by['inline'], 0.5)), number_format(at($by['background'], 0.5)), at($ratios, 0.5));
}

$simulator = new Simulator('--nodes', '1', '--calls', '0');
$socket = stream_socket_client('tcp://127.0.0.1:' . $simulator->nodes[array_key_first($simulator->nodes)]);
if ($socket === false) {
    throw new \RuntimeException('no connection');
}
fgets($socket);
fwrite($socket, "Action: Login\r\nUsername: dialer\r\nSecret: s3cret\r\nEvents: off\r\n\r\n");
while (!\in_array(fgets($socket), ["\r\n", false], true));
$times = ['event to listener' => array_fill_keys(MODES, []), 'call() of a Ping' => array_fill_keys(MODES, [])];
$managers = [];
$heard = new class {
    private int $at = 0;

    public function note(): void
    {
        $this->at = (int) hrtime(true);
    }

    /** @phpstan-impure */
    public function take(): int
    {
        [$at, $this->at] = [$this->at, 0];

        return $at;
    }
};
foreach (MODES as $io) {
    $managers[$io] = manager($simulator, $io);
    $managers[$io]->default()->waitUntilReady();
    $managers[$io]->onEvent('UserEvent', $heard->note(...));
}
for ($block = 0; $block < EXCHANGES / 100; $block++) {
    foreach ($managers as $io => $manager) {
        foreach ($managers as $other) {
            // What the other mode heard meanwhile is of no interest.
            $other->tickAll();
        }
        for ($i = 0; $i < 100; $i++) {
            $heard->take();
            $start = hrtime(true);
            fwrite($socket, "Action: UserEvent\r\nUserEvent: Now\r\n\r\n");
            do {
                $manager->tickAll(250);
                $at = $heard->take();
            } while ($at === 0);
            $times['event to listener'][$io][] = ($at - $start) / 1e3;
            while (!\in_array(fgets($socket), ["\r\n", false], true));
        }
        for ($i = 0; $i < 100; $i++) {
            $start = hrtime(true);
            $manager->default()->call(new GenericAction('Ping'));
            $times['call() of a Ping'][$io][] = (hrtime(true) - $start) / 1e3;
        }
    }
}
foreach ($managers as $manager) {
    $manager->terminate();
}
unset($simulator, $managers, $manager, $other);
echo "\nmicroseconds, ", number_format(EXCHANGES), " each, median (99 of 100 are under)\n\n";
foreach ($times as $name => $by) {
    printf("%-28s", $name);
    foreach (MODES as $io) {
        printf(' %s %.0f (%.0f)', $io, at($by[$io], 0.5), at($by[$io], 0.99));
    }
    echo "\n";
}

$simulator = new Simulator('--nodes', (string) NODES, '--calls', '0', '--flood', '100000000');
$manager = manager($simulator, 'background', ['event_queue_capacity' => 1000]);
$manager->onEvent('UserEvent', static function (): void {});
$manager->connectAll();
for ($until = hrtime(true) + 2_000_000_000; hrtime(true) < $until;) {
    $manager->tickAll(10);
}
$client = $manager->default();
$waits = [];
for ($i = 0; $i < 10_000; $i++) {
    // What an application does between two calls; in a row, the first one would have waited for all.
    usleep(100);
    $start = hrtime(true);
    $client->state();
    $waits[] = (hrtime(true) - $start) / 1e3;
    if ($i % 100 === 0) {
        $manager->tickAll();
    }
}
printf("\nstate(), microseconds, while %d servers flood: median %.1f, 99 of 100 under %.0f, the longest of 10,000 %.0f\n", NODES, at($waits, 0.5), at($waits, 0.99), at($waits, 1.0));
$manager->terminate();
echo "\nmachine: ", trim((string) shell_exec('nproc')), ' cores, PHP ', PHP_VERSION, ', load ',
implode(' ', array_map(static fn(float|false $load): string => \sprintf('%.1f', $load), (array) sys_getloadavg())), "\n";
