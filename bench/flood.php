<?php

declare(strict_types=1);

// A flood of many times what the listener can take: what is lost, whether each loss is counted, what actions and memory
// make of it. Exit status 1 where a bound is missed.
//
//   ./dev bench flood
//     --seconds=20        how long; 600 is the run of docs/flood.md
//     --cost=50           microseconds that an event costs the listener
//     --listener=works    or `waits`: whether it keeps a processor busy meanwhile, or sleeps as for a database
//     --times=10          events that are listened to come at so many times the rate that this cost allows
//     --queue=10000       event_queue_capacity
//     --budgets=default   what a tick reads and dispatches at most is left as it is: a demonstration of what that does
//     --plot=FILE         draws the memory as an SVG; --csv=FILE keeps the samples
//     --io=background     or another value of this option
//     --judge=counts      times and memory are printed only: for slow builds and busy machines
//
// "Sent" is what the simulators counted. They share the machine with PHP, which real servers would not: beside what the
// wall clock says of an action stands the same without the time in which a process was ready to run and had no processor.

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\Bench\Support\Arguments;
use Apn\AmiClient\Bench\Support\Latency;
use Apn\AmiClient\Bench\Support\MemoryRecord;
use Apn\AmiClient\Bench\Support\Processor;
use Apn\AmiClient\Bench\Support\Sequence;
use Apn\AmiClient\Bench\Support\Sheet;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\Simulator;
use Psr\Log\AbstractLogger;

require __DIR__ . '/../tests/bootstrap.php';
require __DIR__ . '/Support/autoload.php';

const NODES = 2;
/** The names of the flood, in turn: nobody listens to the last but one, and the last is not let in. */
const HEARD = ['UserEvent', 'Newexten', 'DialBegin', 'Hangup'];
const UNHEARD = 'VarSet';
const BLOCKED = 'RTCPSent';
const NAMES = [...HEARD, UNHEARD, BLOCKED];
/** Seconds between two actions to a server. */
const ACTION_EVERY = 0.1;
const MOST_ANSWER_MS = 50.0;
const DROP_LOG_INTERVAL_MS = 1_000;
/** Seconds that the flood may come late, on a machine that is busy with other things. */
const PATIENCE = 60.0;

/** Takes its time for each event, and notes it. */
final readonly class Listener
{
    public function __construct(private string $server, private Sequence $sequence, private float $costMicroseconds, private bool $waits) {}

    public function __invoke(AmiEvent $event): void
    {
        $end = hrtime(true) + (int) ($this->costMicroseconds * 1e3);
        $number = $event->get('Seq');
        if ($number === null) {
            $this->sequence->ended((int) $event->get('Count'));
        } else {
            // No flood has a name of two.
            $this->sequence->took($event->serverKey === $this->server ? $event->name : "$event->serverKey $event->name", (int) $number);
        }
        if ($this->waits) {
            usleep((int) $this->costMicroseconds);
        }
        while (hrtime(true) < $end);
    }
}

/** Keeps, of each server, when drops were told and how many. */
final class DropRecords extends AbstractLogger
{
    /** @var array<string, array{records: int, dropped: int, last: int, closest: int}> */
    public array $servers = [];

    public function log($level, string|\Stringable $message, array $context = []): void
    {
        [$server, $at, $dropped] = [$context['server_key'] ?? null, $context['timestamp_ms'] ?? null, $context['dropped'] ?? null];
        if (!\is_string($server) || !\is_int($at) || !\is_int($dropped)) {
            return;
        }
        $known = $this->servers[$server] ?? ['records' => 0, 'dropped' => 0, 'last' => PHP_INT_MIN >> 1, 'closest' => PHP_INT_MAX];
        $this->servers[$server] = [
            'records' => $known['records'] + 1,
            'dropped' => $known['dropped'] + $dropped,
            'last' => $at,
            'closest' => min($known['closest'], $at - $known['last']),
        ];
    }
}

/** Sends an action to each server at a steady pace, and knows how long the answers took. */
final class Actions
{
    public readonly Latency $byTheWall;

    /** Without the time in which a process waited for a processor. */
    public readonly Latency $own;

    public int $sent = 0;

    public int $late = 0;

    /** @var array<string, int> */
    public array $failures = [];

    private float $next = 0.0;

    public function __construct(private readonly Processor $processor)
    {
        $this->byTheWall = new Latency();
        $this->own = new Latency();
    }

    /** @param array<string, AmiClient> $clients */
    public function send(array $clients): void
    {
        $now = microtime(true);
        if ($now < $this->next) {
            return;
        }
        $this->next = $now + ACTION_EVERY;
        foreach ($clients as $client) {
            $this->sent++;
            [$waited, $start] = [$this->processor->waited(), hrtime(true)];
            try {
                $client->send(new GenericAction('Ping'))->onComplete(fn(?\Throwable $error) => $this->answered($error, $start, $waited));
            } catch (AmiException $error) {
                $this->answered($error, $start, $waited);
            }
        }
    }

    private function answered(?\Throwable $error, int $start, float $waited): void
    {
        if ($error !== null) {
            $this->failures[$error->getMessage()] = ($this->failures[$error->getMessage()] ?? 0) + 1;

            return;
        }
        $took = (hrtime(true) - $start) / 1e6;
        $this->byTheWall->add($took);
        $this->late += (int) ($took > MOST_ANSWER_MS);
        $this->own->add(max(0.0, $took - ($this->processor->waited() - $waited)));
    }
}

/** What one key of metrics() holds, where it is no array by name. */
function number(mixed $value): int
{
    return \is_int($value) ? $value : throw new \UnexpectedValueException('not a counter');
}

$number = static fn(int|float $value): string => number_format($value);
$arguments = new Arguments($argv, ['seconds', 'cost', 'listener', 'times', 'queue', 'budgets', 'plot', 'csv', 'io', 'judge']);
$seconds = $arguments->number('seconds', 20);
$cost = $arguments->number('cost', 50);
$times = $arguments->number('times', 10);
// A server's share, and what nobody listens to on top.
$rate = (int) ceil($times * 1e6 / $cost / NODES * \count(NAMES) / \count(HEARD));
$count = (int) ($rate * $seconds);

$simulator = new Simulator('--nodes', (string) NODES, '--calls', '0');
$records = new DropRecords();
$options = $arguments->options() + [
    'event_queue_capacity' => (int) $arguments->number('queue', 10_000),
    'blocked_events' => [BLOCKED],
    'event_drop_log_interval_ms' => DROP_LOG_INTERVAL_MS,
];
if ($arguments->text('budgets') !== 'default') {
    $options += [
        // Ticks are short, so that actions are answered; and more is read in one than is dispatched, so that nothing backs up
        // in the kernel, where an answer would have to wait behind it.
        'max_events_per_tick' => max(1, (int) (2_500 / $cost)),
        'max_frames_per_tick' => 10_000,
        'max_bytes_read_per_tick' => 8 << 20,
    ];
}
$manager = AmiClientManager::fromConfig(['servers' => $simulator->servers(), 'options' => $options], $records);
$clients = $sequences = [];
$waits = match ($arguments->text('listener') ?? 'works') {
    'works' => false,
    'waits' => true,
    default => throw new \InvalidArgumentException('--listener is works or waits'),
};
foreach (array_map(strval(...), array_keys($simulator->nodes)) as $key) {
    $clients[$key] = $manager->server($key)->waitUntilReady();
    $sequences[$key] = new Sequence(NAMES, \count(HEARD));
    $listener = new Listener($key, $sequences[$key], $cost, $waits);
    foreach (HEARD as $name) {
        $clients[$key]->onEvent($name, $listener);
    }
}
// What a login brings is no part of the flood.
$before = $manager->metrics()['servers'];
foreach ($clients as $client) {
    $client->call(new GenericAction('SimulatorFault', ['Fault' => 'flood', 'Scope' => 'self', 'Count' => (string) $count, 'Rate' => (string) $rate, 'Names' => implode(',', NAMES)]));
}

$actions = new Actions(new Processor((int) getmypid(), $simulator->processId()));
$memory = new MemoryRecord($seconds);
$start = microtime(true);
$reached = static fn(): int => array_sum(array_map(static fn(Sequence $one): int => $one->count(), $sequences));
$isDone = static fn(): bool => array_all($sequences, static fn(Sequence $one): bool => $one->announced !== null);
$took = $inTime = null;
while (!$isDone() && microtime(true) < $start + $seconds + PATIENCE) {
    $actions->send($clients);
    if ($manager->tickAll(5)->eventsDropped > 0) {
        // What the queues still hold when nothing comes any more is no flood.
        [$took, $inTime] = [microtime(true) - $start, $reached()];
    }
    $memory->sample();
}
$took ??= microtime(true) - $start;
$inTime ??= $reached();
// What was dropped last is told an interval later.
for ($end = microtime(true) + DROP_LOG_INTERVAL_MS / 1e3 + 0.3; microtime(true) < $end;) {
    $manager->tickAll(50);
}

$sheet = Sheet::of($arguments);
printf(
    "\n%d servers, each %s events/s for %s s, of which %d in %d are listened to; the listener takes %s us an event, so %s/s at most\n\n",
    NODES,
    $number($rate),
    $number((int) $seconds),
    \count(HEARD),
    \count(NAMES),
    rtrim(rtrim(number_format($cost, 1), '0'), '.'),
    $number((int) (1e6 / $cost)),
);
$heard = 0;
foreach ($clients as $key => $client) {
    $counters = $manager->metrics()['servers'][$key];
    $since = static fn(string $name): int => number($counters[$name]) - number($before[$key][$name]);
    $one = $sequences[$key];
    $sent = (int) $client->call(new GenericAction('SimulatorStats'))->get('flood_events_sent');
    $byName = $one->byName($sent);
    $unheard = $byName[UNHEARD] + $byName[BLOCKED];
    $heard += $sent - $unheard;
    printf("%s\n", $key);
    // The event that ends a flood is one more, and is delivered.
    $parts = $one->count() + $since('events_dropped') + $unheard;
    $sheet->exact('sent by the simulator = delivered + dropped + unheard', $number($sent), $sent === $count && $sent === $parts, $number($parts));
    foreach (HEARD as $name) {
        [$came, $dropped] = [$one->delivered[$name], $counters['events_dropped_by_name'][$name] ?? 0];
        $sheet->exact("  $name: sent = delivered + dropped", $number($byName[$name]), $byName[$name] === $came + $dropped, $number($came) . ' + ' . $number($dropped));
    }
    $sheet->exact('  ' . UNHEARD . ', ' . BLOCKED . ': sent = unheard', $number($unheard), $since('events_unheard') === $unheard, $number($since('events_unheard')));
    $sheet->exact('  that came, by the count of the client', $number($since('events')), $since('events') === $sent + 1, $number($sent) . ' and an end');
    $sheet->exact('  dispatched, by the count of the client', $number($since('events_dispatched')), $since('events_dispatched') === $one->count() + 1, $number($one->count()) . ' and an end');
    $sheet->exact('  holes in the numbers that the listener saw', $number($one->holes), $one->holes === $since('events_dropped'), $number($since('events_dropped')) . ' dropped');
    $sheet->exact('  out of order, doubled, of another name or server', (string) $one->wrong, $one->wrong === 0, '0');
    $sheet->exact('  left in the queue', (string) $client->health()['queued_events'], $client->health()['queued_events'] === 0, '0');
    $told = $records->servers[$key] ?? ['records' => 0, 'dropped' => 0, 'last' => 0, 'closest' => 0];
    $sheet->exact("log records of drops: $told[records], at least apart", $told['records'] > 1 ? "$told[closest] ms" : '-', $told['records'] > 0 && $told['closest'] >= DROP_LOG_INTERVAL_MS, DROP_LOG_INTERVAL_MS . ' ms');
    $sheet->exact('  the drops that they tell, added up', $number($told['dropped']), $told['dropped'] === $since('events_dropped'), $number($since('events_dropped')));
    $sheet->exact('sessions lost', $number($since('losses')), $since('losses') === 0, '0');
}
echo "all\n";
$sheet->figure('events sent, a second', $number((int) ($heard / \count(HEARD) * \count(NAMES) / $took)));
$sheet->figure('events delivered, a second', $number((int) ($inTime / $took)));
$sheet->bound('listened to, to those delivered meanwhile', \sprintf('%.1f', $heard / max(1, $inTime)), $inTime > 0 && $heard >= $times * $inTime, ">= $times");
$sheet->exact('actions answered of those sent', $number($actions->byTheWall->count()), $actions->sent > 0 && $actions->byTheWall->count() === $actions->sent, $number($actions->sent));
foreach ($actions->failures as $failure => $many) {
    echo "    $many: $failure\n";
}
$sheet->figure('answers after p50 / p99 / the longest, by the wall', $actions->byTheWall->text());
$sheet->figure('  later than 50 ms by the wall', $number($actions->late));
$sheet->bound('  without waiting for a processor', $actions->own->text(), $actions->own->longest() <= MOST_ANSWER_MS, 'all <= 50 ms');
$growth = $memory->growth();
$sheet->judged('memory is flat', 'last quarter to second', $growth->failures());
echo "\n", $growth->table();
$memory->keep($arguments, \sprintf('%s events in %s minutes, %s delivered, the others counted', $number($heard / \count(HEARD) * \count(NAMES)), number_format($seconds / 60, 1), $number($reached())));
$manager->terminate();
exit($sheet->status());
