<?php

declare(strict_types=1);

// Many nodes in one process: what faulty ones do to the others, how all come back at once, what idle ones cost.
//
//   ./dev bench fleet           FLEET_SECONDS=10 a round, FLEET_ROUNDS=3, of which the best counts: what else the machine
//                               does can only make figures worse. Exit status 1 where a bound is missed.
//
// Simulators and PHP share the machine, which real nodes would not: the flooding one runs at the lowest priority, and of
// ticks and delays the time is taken off in which this process was ready to run and had no processor, as Linux counts it.
// What the wall clock says stands beside it.

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\Bench\Support\Machine;
use Apn\AmiClient\Bench\Support\Statistics;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\Simulator;
use Psr\Log\AbstractLogger;

require __DIR__ . '/../tests/bootstrap.php';
require __DIR__ . '/Support/autoload.php';

const MOST_DELAY_MS = 5.0;
const MOST_TICK_MS = 20.0;
const HEALTHY = 45;
const LOST_AT_ONCE = 200;
const IDLE = 1_000;
const MOST_TICK_RATIO = 2.0;
const MOST_BYTES = 32 * 1024;
const MOST_CPU_PERCENT = 1.0;
const PATIENCE_SECONDS = 60.0;

/** Prints figures against their bounds. */
final class Sheet
{
    public bool $isGood = true;

    public function line(string $what, string $figure, ?bool $isKept = null, string $bound = ''): void
    {
        $this->isGood = $this->isGood && $isKept !== false;
        printf("  %-46s %14s  %-14s %s\n", $what, $figure, $bound, $isKept === null ? '' : ($isKept ? 'kept' : 'MISSED'));
    }
}

/** Keeps when which server did what, from the records of the client. */
final class Journal extends AbstractLogger
{
    /** @var list<array{int, string, string}> milliseconds, server, message */
    private array $records = [];

    public function log($level, string|\Stringable $message, array $context = []): void
    {
        [$at, $server] = [$context['timestamp_ms'] ?? null, $context['server_key'] ?? null];
        if (\in_array($message, ['connecting', 'ready', 'connecting failed', 'connection lost'], true) && \is_int($at) && \is_string($server)) {
            $this->records[] = [$at, $server, $message];
        }
    }

    /** @return list<array{int, string, string}> */
    public function take(): array
    {
        return array_splice($this->records, 0);
    }

    public function losses(): int
    {
        return \count(array_filter($this->records, static fn(array $record): bool => $record[2] === 'connection lost'));
    }
}

/** @param callable(): bool $isDone */
function tickUntil(AmiClientManager $manager, callable $isDone, string $what): void
{
    $end = microtime(true) + PATIENCE_SECONDS;
    while (!$isDone()) {
        if (microtime(true) > $end) {
            throw new \RuntimeException("not in time: $what");
        }
        $manager->tickAll(10);
    }
}

/** @param list<string> $keys */
function areReady(AmiClientManager $manager, array $keys): bool
{
    return array_all($keys, static fn(string $key): bool => $manager->server($key)->state() === ConnectionState::Ready);
}

/** Milliseconds in which this process was ready to run and had no processor. */
function waitedForProcessor(): float
{
    return (float) (explode(' ', (string) @file_get_contents('/proc/self/schedstat'))[1] ?? 0) / 1e6;
}

/** Remembers, for some ticks, how long this process had waited for a processor when each began. */
final class Waits
{
    private const int TICKS = 256;

    /** @var list<array{float, float}> when, and the milliseconds until then, the latest first */
    private array $notes = [];

    public function note(): float
    {
        $waited = waitedForProcessor();
        array_unshift($this->notes, [microtime(true), $waited]);
        if (\count($this->notes) > self::TICKS) {
            array_pop($this->notes);
        }

        return $waited;
    }

    /** Milliseconds since that moment: rather too few than too many. */
    public function since(float $moment): float
    {
        $waited = waitedForProcessor();
        $end = [microtime(true), $waited];
        foreach ($this->notes as $note) {
            if ($note[0] <= $moment) {
                // In that tick it may have worked after the moment for as long as it worked at all.
                $worked = ($end[0] - $note[0]) * 1e3 - ($end[1] - $note[1]);

                return $waited - $end[1] + max(0.0, ($end[0] - $moment) * 1e3 - $worked);
            }
            $end = $note;
        }

        return $waited - $end[1];
    }
}

function milliseconds(int $from): float
{
    return (hrtime(true) - $from) / 1e6;
}

/** A port whose queue of connections is full, so that the kernel drops the packets of further ones. */
final class DeadEnd
{
    /** @var list<resource> open as long as this is there */
    public readonly array $held;

    public readonly int $port;

    public function __construct()
    {
        $server = stream_socket_server('tcp://127.0.0.1:0', context: stream_context_create(['socket' => ['backlog' => 0]]));
        if ($server === false) {
            throw new \RuntimeException('no port');
        }
        $held = [$server];
        $this->port = (int) parse_url('tcp://' . stream_socket_get_name($server, false), PHP_URL_PORT);
        // A backlog of 0 takes one; what comes after it waits for ever.
        for ($i = 0; $i < 4; $i++) {
            $client = @stream_socket_client("tcp://127.0.0.1:$this->port", $code, $message, 1, STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT);
            $held[] = $client === false ? throw new \RuntimeException((string) $message) : $client;
        }
        $this->held = $held;
    }

    public function isOne(): bool
    {
        return @stream_socket_client("tcp://127.0.0.1:$this->port", $code, $message, 0.3) === false && $code === 110;
    }
}

/**
 * 45 nodes with calls, one that is unreachable, one that never speaks, one that floods, one that sends garbage, one that
 * dies and returns every second.
 *
 * @return array{delays: list<float>, byTheWall: list<float>, tick: float, wall: float, ticks: int, answers: list<float>, failures: list<string>, sick: array<string, string>, flood: int}
 */
function faulty(float $seconds): array
{
    $well = new Simulator('--nodes', (string) HEALTHY, '--name', 'well', '--events', '20', '--timestamps', '--talk', '500..2000', '--ring', '100..500');
    $sick = new Simulator('--nodes', '4', '--name', 'sick', '--calls', '0', '--stdin', '--fault', 'sick1:stall');
    $deadEnd = new DeadEnd();
    if (!$deadEnd->isOne()) {
        throw new \RuntimeException('this system does not drop connections to a full queue');
    }
    $servers = $well->servers() + $sick->servers() + ['dark' => ['host' => '127.0.0.1', 'port' => $deadEnd->port, 'username' => 'dialer', 'secret' => 's3cret']];
    // Short waits, so that what is faulty is faulty all the time.
    $options = ['connect_timeout' => 1, 'auth_timeout' => 1, 'circuit_cooldown' => 0.2, 'backoff_max_ms' => 200];
    $manager = AmiClientManager::fromConfig(['servers' => $servers, 'options' => $options]);
    $result = ['delays' => [], 'byTheWall' => [], 'tick' => 0.0, 'wall' => 0.0, 'ticks' => 0, 'answers' => [], 'failures' => [], 'sick' => [], 'flood' => 0];
    $begin = INF;
    $waits = new Waits();
    $names = array_map(strval(...), array_keys($well->nodes));
    foreach ($names as $name) {
        $manager->server($name)->onAnyEvent(static function (AmiEvent $event) use (&$result, &$begin, $waits): void {
            $now = microtime(true);
            if ($now >= $begin && ($told = $event->get('Timestamp')) !== null) {
                $delay = ($now - (float) $told) * 1e3;
                $result['byTheWall'][] = $delay;
                $result['delays'][] = $delay - $waits->since((float) $told);
            }
        });
    }
    $manager->server('sick2')->onAnyEvent(static function () use (&$result, &$begin): void {
        $result['flood'] += (int) (microtime(true) >= $begin);
    });
    $manager->connectAll();
    tickUntil($manager, static fn(): bool => areReady($manager, [...$names, 'sick2', 'sick3', 'sick4']), 'all that can be ready');
    $sick->stepBack();
    $sick->command('sick2 fault flood');
    // Calls take a while until there are as many as there will be.
    $begin = microtime(true) + 2.0;
    $end = $begin + $seconds;
    $garbage = $death = $ask = 0.0;
    for ($turn = 0; ($now = microtime(true)) < $end;) {
        if ($now >= $garbage) {
            $garbage = $now + 0.02;
            $sick->command('sick3 fault garbage bytes=2000');
        }
        if ($now >= $death) {
            $death = $now + 1.0;
            $sick->command('sick4 fault shutdown ms=500');
        }
        if ($now >= $ask) {
            $ask = $now + 0.01;
            $asked = hrtime(true);
            try {
                $manager->server($names[$turn++ % HEALTHY])->send(new GenericAction('CoreStatus'))->onComplete(
                    static function (?\Throwable $error) use (&$result, $asked): void {
                        $error === null ? $result['answers'][] = milliseconds($asked) : $result['failures'][] = $error->getMessage();
                    },
                );
            } catch (AmiException $error) {
                $result['failures'][] = $error->getMessage();
            }
        }
        [$waited, $start] = [$waits->note(), hrtime(true)];
        $manager->tickAll(2);
        if ($now >= $begin) {
            $took = milliseconds($start);
            $result['wall'] = max($result['wall'], $took);
            $result['tick'] = max($result['tick'], $took - (waitedForProcessor() - $waited));
            $result['ticks']++;
        }
    }
    $failures = $result['failures'];
    foreach ($manager->health() as $key => $health) {
        if (!\in_array($key, $names, true)) {
            $counters = $manager->metrics()['servers'][$key];
            $result['sick'][$key] = "{$health['state']->value}, {$counters['connect_attempts']} attempts, {$counters['losses']} losses, {$counters['protocol_desync']} desyncs";
        }
    }
    // Those that still wait fail now, as they should.
    $manager->terminate();

    return ['failures' => $failures] + $result;
}

/** @return list<array{int, string, string}> what happened after all nodes went away for a moment, in ms since then */
function lostAtOnce(): array
{
    $simulator = new Simulator('--nodes', (string) LOST_AT_ONCE, '--calls', '0', '--stdin');
    $journal = new Journal();
    $manager = AmiClientManager::fromConfig(['servers' => $simulator->servers()], $journal);
    $names = array_map(strval(...), array_keys($simulator->nodes));
    $manager->connectAll();
    tickUntil($manager, static fn(): bool => areReady($manager, $names), 'all nodes');
    $journal->take();
    $simulator->command('* fault shutdown ms=250');
    tickUntil($manager, static fn(): bool => $journal->losses() >= LOST_AT_ONCE, 'losses');
    tickUntil($manager, static fn(): bool => areReady($manager, $names), 'all nodes again');
    $manager->terminate();
    $records = $journal->take();
    $begin = $records[0][0] ?? 0;

    return array_map(static fn(array $record): array => [$record[0] - $begin, $record[1], $record[2]], $records);
}

/** Nanoseconds of a tick with nothing to do: the median of blocks. */
function idleTick(AmiClientManager $manager): float
{
    while ($manager->tickAll(0)->hasProgress());
    $start = hrtime(true);
    for ($i = 0; $i < 200; $i++) {
        $manager->tickAll(0);
    }

    return (hrtime(true) - $start) / 200;
}

$number = static fn(string $name, int $default): int => max(1, (int) (getenv($name) !== false ? getenv($name) : $default));
$seconds = $number('FLEET_SECONDS', 10);
$rounds = $number('FLEET_ROUNDS', 3);
$sheet = new Sheet();
// 1,000 connections are more than many shells allow.
if (\function_exists('posix_setrlimit')) {
    $limits = (array) posix_getrlimit(POSIX_RLIMIT_NOFILE);
    posix_setrlimit(POSIX_RLIMIT_NOFILE, is_numeric($limits[1] ?? null) ? (int) $limits[1] : 65_536, is_numeric($limits[1] ?? null) ? (int) $limits[1] : 65_536);
}

echo "\n50 nodes, 5 of them faulty, $seconds s a round\n\n";
$best = ['p99' => INF, 'tick' => INF];
$faults = [];
for ($round = 1; $round <= $rounds; $round++) {
    $run = faulty($seconds);
    $p99 = Statistics::percentile($run['delays'], 99);
    $faults = $run['sick'];
    $best = ['p99' => min($best['p99'], $p99), 'tick' => min($best['tick'], $run['tick'])];
    printf(
        "  round %d: %s events of the others, delay p50 %.2f ms, p99 %.2f ms, max %.2f ms (by the wall p99 %.2f); %s events/s of the flood; %s ticks, the longest %.2f ms (by the wall %.2f); %s answers, p99 %.2f ms, %d failed\n",
        $round,
        number_format(\count($run['delays'])),
        Statistics::percentile($run['delays'], 50),
        $p99,
        max([0.0, ...$run['delays']]),
        Statistics::percentile($run['byTheWall'], 99),
        number_format($run['flood'] / $seconds),
        number_format($run['ticks']),
        $run['tick'],
        $run['wall'],
        number_format(\count($run['answers'])),
        Statistics::percentile($run['answers'], 99),
        \count($run['failures']),
    );
    if ($run['failures'] !== []) {
        $sheet->line('actions of healthy nodes that failed', (string) \count($run['failures']), false, 'none');
        echo '    ', implode("\n    ", array_unique($run['failures'])), "\n";
    }
    $isEach = $run['flood'] > 0 && \count($run['delays']) > HEALTHY * $seconds && $run['answers'] !== [];
    if (!$isEach) {
        $sheet->line('events of all kinds arrived', 'no', false, 'yes');
    }
}
foreach ($faults as $key => $what) {
    echo "  $key: $what\n";
}
echo "\n";
$sheet->line('event to listener on the 45 others, p99', \sprintf('%.2f ms', $best['p99']), $best['p99'] < MOST_DELAY_MS, '< 5 ms');
$sheet->line('the longest tick', \sprintf('%.2f ms', $best['tick']), $best['tick'] < MOST_TICK_MS, '< 20 ms');

echo "\n", LOST_AT_ONCE, " nodes lose their connection at once, and are back after 250 ms\n\n";
$records = lostAtOnce();
$bins = $underWay = $last = $attempts = [];
$most = $end = 0;
$closest = PHP_INT_MAX;
foreach ($records as [$at, $server, $message]) {
    if ($message === 'connecting') {
        $bins[intdiv($at, 25)] = ($bins[intdiv($at, 25)] ?? 0) + 1;
        $underWay[$server] = true;
        $most = max($most, \count($underWay));
        $closest = min($closest, $at - ($last[$server] ?? -PHP_INT_MAX >> 1));
        $last[$server] = $at;
        $attempts[$server] = ($attempts[$server] ?? 0) + 1;
    } else {
        unset($underWay[$server]);
        $end = $message === 'ready' ? $at : $end;
    }
}
if ($bins === [] || $attempts === []) {
    throw new \RuntimeException('nobody tried to come back');
}
for ($bin = min(array_keys($bins)); $bin <= max(array_keys($bins)); $bin++) {
    printf("  %5d ms %4d %s\n", $bin * 25, $bins[$bin] ?? 0, str_repeat('#', $bins[$bin] ?? 0));
}
echo "\n";
$sheet->line('nodes that are back', (string) \count($attempts), \count($attempts) === LOST_AT_ONCE, (string) LOST_AT_ONCE);
$sheet->line('logging in at one time, at most', (string) $most, $most <= 40, '40');
$sheet->line('attempts in the busiest 25 ms', max($bins) . ' of ' . array_sum($bins), max($bins) <= array_sum($bins) / 3, 'a third');
$sheet->line('attempts of a node', min($attempts) . ' to ' . max($attempts));
$sheet->line('two attempts of one node, at least apart', "$closest ms", $closest >= 99, '100 ms');
$sheet->line('the last one is back after', "$end ms", $end < 5_000, '5 s');

echo "\n", number_format(IDLE), " idle nodes\n\n";
$alone = new Simulator('--nodes', '1', '--calls', '0');
$crowd = new Simulator('--nodes', (string) IDLE, '--calls', '0');
$one = AmiClientManager::fromConfig(['servers' => $alone->servers()]);
$one->default()->waitUntilReady();
$servers = $crowd->servers();
$names = array_map(strval(...), array_keys($crowd->nodes));
gc_collect_cycles();
$before = Machine::residentBytes();
$many = AmiClientManager::fromConfig(['servers' => $servers]);
$many->connectAll();
tickUntil($many, static fn(): bool => areReady($many, $names), 'all nodes');
$bytes = (Machine::residentBytes() - $before) / IDLE;
$sheet->line('memory of an idle connection (RSS)', \sprintf('%.1f KiB', $bytes / 1024), $bytes <= MOST_BYTES, '<= 32 KiB');
$ticks = ['one' => [], 'many' => []];
for ($block = 0; $block < 100; $block++) {
    // In turn, so that what else the machine does hits both alike.
    $ticks['one'][] = idleTick($one);
    $ticks['many'][] = idleTick($many);
}
$one->terminate();
[$of1, $of1000] = [Statistics::percentile($ticks['one'], 50), Statistics::percentile($ticks['many'], 50)];
$sheet->line('a tick with 1 idle node', \sprintf('%.2f us', $of1 / 1e3));
$sheet->line('a tick with 1,000 idle nodes', \sprintf('%.2f us', $of1000 / 1e3));
$sheet->line('the second to the first', \sprintf('%.2f', $of1000 / $of1), $of1000 <= MOST_TICK_RATIO * $of1, '<= 2');
[$cpu, $start] = [Machine::cpuSeconds(), microtime(true)];
while (microtime(true) - $start < 3 * $seconds) {
    $many->tickAll(250);
}
$percent = 100 * (Machine::cpuSeconds() - $cpu) / (microtime(true) - $start);
$sheet->line(\sprintf('processor time of the worker over %d s', 3 * $seconds), \sprintf('%.2f %%', $percent), $percent < MOST_CPU_PERCENT, '< 1 %');
$many->terminate();

echo "\nmachine: ", Machine::describe(), ', load ', \sprintf('%.1f', Machine::load()), "\n";
exit($sheet->isGood ? 0 : 1);
