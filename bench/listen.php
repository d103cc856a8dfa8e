<?php

declare(strict_types=1);

// Socket to listener: a simulator's flood, read in several ways in turn, and a Ping there and back. All in one process, for
// who works on this client and profiles it; compare.php is what the documentation's figures come from.
//
//   ./dev bench listen                  BENCH_EVENTS=400000 a flood, BENCH_ROUNDS=5, of which the median counts
//
// The simulator and PHP share the machine. What PHP's own fread() makes of the same bytes in the same run is what the
// others are compared with; it does not look at them.

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Bench\Support\Machine;
use Apn\AmiClient\Bench\Support\RawSession;
use Apn\AmiClient\Bench\Support\Statistics;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\Simulator;

require __DIR__ . '/../tests/bootstrap.php';
require __DIR__ . '/Support/autoload.php';

const PINGS = 2000;

$number = static fn(string $name, int $default): int => max(1, (int) (getenv($name) !== false ? getenv($name) : $default));
$events = $number('BENCH_EVENTS', 400_000);
$rounds = $number('BENCH_ROUNDS', 5);
$simulator = new Simulator('--nodes', '1', '--calls', '0', '--flood', (string) $events);
$port = $simulator->nodes[array_key_first($simulator->nodes)];

/** @return array{float, int} seconds and bytes */
function discard(int $port): array
{
    $socket = RawSession::open($port, 'on');
    $start = hrtime(true);
    $bytes = 0;
    do {
        $read = (string) fread($socket, 1 << 18);
        $bytes += \strlen($read);
        // The end is looked for in the last bytes only.
    } while ($read !== '' && !str_contains(substr($read, -64), 'FloodDone'));

    return [(hrtime(true) - $start) / 1e9, $bytes];
}

/**
 * @param (callable(AmiEvent): mixed)|null $listener
 *
 * @return array{float, int} seconds and bytes
 */
function listen(Simulator $simulator, int $events, ?callable $listener): array
{
    $manager = AmiClientManager::fromConfig(['servers' => $simulator->servers()]);
    $count = 0;
    if ($listener !== null) {
        $manager->onEvent('UserEvent', $listener);
    }
    $client = $manager->default();
    $client->open();
    while ($client->amiVersion() === null) {
        $manager->tickAll(100);
    }
    $start = hrtime(true);
    $bytes = 0;
    while ($count < $events) {
        $summary = $manager->tickAll(250);
        $bytes += $summary->bytesRead;
        $count += $listener === null ? $summary->eventsUnheard : $summary->eventsDispatched;
        if ($summary->eventsDropped > 0) {
            throw new \RuntimeException("{$summary->eventsDropped} events were dropped");
        }
    }
    $seconds = (hrtime(true) - $start) / 1e9;
    $manager->terminate();

    return [$seconds, $bytes];
}

$sum = 0;
$ways = [
    'fread and throw away' => static fn(): array => discard($port),
    'no listener' => static fn(): array => listen($simulator, $events, null),
    'an empty listener' => static fn(): array => listen($simulator, $events, static function (AmiEvent $event): void {}),
    'three headers' => static fn(): array => listen($simulator, $events, static function (AmiEvent $event) use (&$sum): void {
        $sum += \strlen($event->get('UserEvent') . $event->get('Seq') . $event->get('Uniqueid'));
    }),
    'all headers as an array' => static fn(): array => listen($simulator, $events, static function (AmiEvent $event) use (&$sum): void {
        $sum += \count($event->headers);
    }),
];

$jit = \function_exists('opcache_get_status') ? opcache_get_status(false) : false;
echo "\nsocket to listener: ", number_format($events), " events of 520 bytes, median of $rounds rounds, PHP's JIT ",
\is_array($jit) && \is_array($jit['jit'] ?? null) && ($jit['jit']['on'] ?? false) === true ? 'on' : 'off', "\n\n";
$times = array_map(static fn(): array => [], $ways);
$sizes = array_map(static fn(): int => 0, $ways);
for ($round = 0; $round < $rounds; $round++) {
    // In turn, so that what else the machine does hits all alike.
    foreach ($ways as $name => $way) {
        [$times[$name][], $sizes[$name]] = $way();
    }
}
printf("%-26s %12s %10s %18s\n", '', 'events/s', 'MB/s', 'of fread');
foreach ($times as $name => $seconds) {
    $ratios = array_map(static fn(float $own, float $fread): float => $fread / $own, $seconds, $times['fread and throw away']);
    printf(
        "%-26s %12s %10.0f %17.1f%%\n",
        $name,
        number_format($events / Statistics::median($seconds)),
        $sizes[$name] / Statistics::median($seconds) / 1e6,
        100 * Statistics::median($ratios),
    );
}
unset($simulator);

/** @return array{list<int>, list<int>} nanoseconds of each Ping: raw, and by call() */
function ping(): array
{
    $simulator = new Simulator('--nodes', '1', '--calls', '0');
    $socket = RawSession::open($simulator->nodes[array_key_first($simulator->nodes)], 'off');
    $manager = AmiClientManager::fromConfig(['servers' => $simulator->servers(['events' => 'off'])]);
    $client = $manager->default()->waitUntilReady();
    $raw = $native = [];
    for ($block = 0; $block < PINGS / 100; $block++) {
        for ($i = 0; $i < 100; $i++) {
            $start = hrtime(true);
            RawSession::ping($socket, "raw:$block:$i");
            $raw[] = (int) (hrtime(true) - $start);
        }
        array_push($native, ...pings($client));
    }
    $manager->terminate();

    return [$raw, $native];
}

/** @return list<int> */
function pings(AmiClient $client): array
{
    $times = [];
    for ($i = 0; $i < 100; $i++) {
        $start = hrtime(true);
        $client->call(new GenericAction('Ping'));
        $times[] = (int) (hrtime(true) - $start);
    }

    return $times;
}

[$raw, $native] = ping();
echo "\nPing there and back, median of ", number_format(PINGS), "\n\n";
printf("%-26s %9.1f us\n", 'fwrite and fgets', Statistics::median($raw) / 1e3);
printf("%-26s %9.1f us %12.2f times\n", 'call()', Statistics::median($native) / 1e3, Statistics::median($native) / Statistics::median($raw));

echo "\nmachine: ", Machine::describe(), ', load ', \sprintf('%.1f', Machine::load()), "\n";
