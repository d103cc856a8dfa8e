<?php

declare(strict_types=1);

// Many actions at once: thousands pipelined before the first answer, and a dialer that places a thousand calls a second with
// a bound on those in flight. Exit status 1 where an answer is lost, doubled or of another action, or memory stays behind.
//
//   ./dev bench pipeline
//     --actions=10000     pipelined in one go
//     --rounds=20         so many times, at least 4
//     --calls=1000        a second
//     --seconds=10        how long
//     --in-flight=500     calls without a result, at most
//     --io=background     or another value of this option
//     --judge=counts      times and memory are printed only: for slow builds and busy machines

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\BackpressureException;
use Apn\AmiClient\Bench\Support\Arguments;
use Apn\AmiClient\Bench\Support\Latency;
use Apn\AmiClient\Bench\Support\MemoryGrowth;
use Apn\AmiClient\Bench\Support\MemoryRecord;
use Apn\AmiClient\Bench\Support\Sheet;
use Apn\AmiClient\Examples\Campaign;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\Simulator;

require __DIR__ . '/../tests/bootstrap.php';
require __DIR__ . '/../examples/Campaign.php';
require __DIR__ . '/Support/autoload.php';

/** Rounds after which memory has its size: the allocator places the largest buffers anew some times. */
const WARM = 12;
const PHONE = 'PJSIP/6003';
/** How long it rings, and how long people talk. */
const RING_MS = 200;
const TALK_MS = 1_000;
/** Of so many calls one meets a busy line. */
const BUSY_EVERY = 10;
/** Of the rate that is asked for, on a machine that does other things besides. */
const LEAST_RATE = 0.9;
/** Seconds after which an answer is taken for lost. */
const PATIENCE = 60.0;

/** What came of one round of pipelined actions. */
final class Round
{
    /** Number of the answer that comes next. */
    public int $answered = 0;

    /** Answers out of order, doubled, or of another action. */
    public int $wrong = 0;

    public float $seconds = 0.0;

    public function __construct(private readonly AmiClientManager $manager, private readonly AmiClient $client) {}

    public function run(int $actions): void
    {
        $start = hrtime(true);
        for ($number = 0; $number < $actions; $number++) {
            // The answer repeats the name of the variable.
            $name = "N$number";
            $this->client->send(new GenericAction('Getvar', ['Variable' => $name]))->onComplete(
                function (?\Throwable $error, ?AmiResponse $response) use ($number, $name): void {
                    $this->wrong += (int) ($error !== null || $number !== $this->answered || $response?->get('Variable') !== $name);
                    $this->answered++;
                },
            );
        }
        for ($end = microtime(true) + PATIENCE; $this->answered < $actions && microtime(true) < $end;) {
            $this->manager->tickAll(50);
        }
        $this->seconds = (hrtime(true) - $start) / 1e9;
        // An answer too many would come now.
        while ($this->manager->tickAll(20)->bytesRead > 0);
    }
}

/** What became of calls: by what the dialer was told, and by what all listeners hear. */
final class Ledger
{
    /** @var array<string, array{results: int, responses: int, begun: int, ended: int}> by call */
    private array $calls = [];

    public int $foreign = 0;

    public int $unknown = 0;

    public int $answered = 0;

    public int $busy = 0;

    public readonly Latency $latency;

    public function __construct(AmiClient $client)
    {
        $this->latency = new Latency();
        $client->onEvent('OriginateResponse', fn(AmiEvent $event) => $this->count((string) $event->get('Data'), 'responses'));
        $client->onEvent('Newchannel', fn(AmiEvent $event) => $this->count((string) $event->get('Uniqueid'), 'begun'));
        $client->onEvent('Hangup', fn(AmiEvent $event) => $this->count((string) $event->get('Uniqueid'), 'ended'));
    }

    /** @return \Generator<int, Originate> */
    public function calls(int $many): \Generator
    {
        for ($number = 1; $number <= $many; $number++) {
            $id = "call-$number";
            $this->calls[$id] = ['results' => 0, 'responses' => 0, 'begun' => 0, 'ended' => 0];
            yield Originate::toApplication(
                $number % BUSY_EVERY === 0 ? 'Local/1003@default' : PHONE,
                'Wait',
                // Comes back in the OriginateResponse, whatever becomes of the call.
                $id,
                timeout: 30_000,
                channelId: $id,
            );
        }
    }

    public function finished(Originate $call, ?\Throwable $error, float $seconds): void
    {
        $this->count((string) $call->channelId, 'results');
        match (true) {
            $error === null => $this->answered++,
            $error instanceof ActionErrorResponseException => $this->busy++,
            default => $this->unknown++,
        };
        if ($call->channel === PHONE) {
            $this->latency->add($seconds * 1e3 - RING_MS);
        }
    }

    public function areAllOver(): bool
    {
        return array_all($this->calls, static fn(array $call): bool => $call['ended'] > 0);
    }

    /** @return array<string, int> how many calls have not exactly one of each */
    public function odd(): array
    {
        $odd = [];
        foreach (['results', 'responses', 'begun', 'ended'] as $what) {
            $odd[$what] = \count(array_filter($this->calls, static fn(array $call): bool => $call[$what] !== 1));
        }

        return $odd;
    }

    /** @param 'results'|'responses'|'begun'|'ended' $what */
    private function count(string $id, string $what): void
    {
        if (isset($this->calls[$id])) {
            $this->calls[$id][$what]++;
        } else {
            // The other half of a Local channel.
            $this->foreign++;
        }
    }
}

$number = static fn(int|float $value): string => number_format($value);
$arguments = new Arguments($argv, ['actions', 'rounds', 'calls', 'seconds', 'in-flight', 'io', 'judge']);
$actions = (int) $arguments->number('actions', 10_000);
$rounds = max(4, (int) $arguments->number('rounds', 20));
$perSecond = $arguments->number('calls', 1_000);
$seconds = $arguments->number('seconds', 10);
$mostInFlight = (int) $arguments->number('in-flight', 500);
$sheet = Sheet::of($arguments);

/** @return array<string, int> the counters of the only server */
$counters = static fn(AmiClientManager $manager): array => array_filter($manager->metrics()['servers'][$manager->default()->serverKey()], is_int(...));

printf("\n%s actions pipelined, %d rounds after %d that warm up\n\n", $number($actions), $rounds, WARM);
$simulator = new Simulator('--nodes', '1', '--calls', '0');
$manager = AmiClientManager::fromConfig(['servers' => $simulator->servers(), 'options' => $arguments->options() + ['max_pending_actions' => $actions]]);
$client = $manager->default()->waitUntilReady();
$times = new Latency();
$answered = $wrong = 0;
// Of their size from the start, so that they are no growth.
$php = $rss = array_fill(0, $rounds, 0);
for ($turn = 0; $turn < WARM + $rounds; $turn++) {
    $round = new Round($manager, $client);
    $round->run($actions);
    $answered += $round->answered;
    $wrong += $round->wrong;
    if ($turn >= WARM) {
        $times->add($round->seconds * 1e3);
        [$php[$turn - WARM], $rss[$turn - WARM]] = [memory_get_usage(), MemoryRecord::residentBytes()];
    }
    unset($round);
}
$all = (WARM + $rounds) * $actions;
$sheet->exact('answered', $number($answered), $answered === $all, $number($all));
$sheet->exact('  out of order, doubled, failed, or for another action', $number($wrong), $wrong === 0, '0');
$sheet->exact('  that nothing had waited for', $number($counters($manager)['responses_unmatched']), $counters($manager)['responses_unmatched'] === 0, '0');
$sheet->figure('a round from the first send to the last answer, median', \sprintf('%.1f ms', $times->percentile(50)));
$sheet->figure('  actions a second', $number($actions / max(1e-9, $times->percentile(50)) * 1e3));
$php = array_unique(\array_slice($php, 1));
$sheet->exact('memory_get_usage() after each round but the first', implode(', ', array_map($number, $php)), \count($php) === 1, 'one figure');
$growth = new MemoryGrowth(array_values($rss), array_fill(0, $rounds, 0));
$sheet->judged('RSS is flat', 'last quarter to second', $growth->failures());
$accepted = 0;
try {
    while ($accepted <= $actions) {
        $client->send(new GenericAction('Ping'));
        $accepted++;
    }
} catch (BackpressureException) {
}
$sheet->exact('accepted before send() is refused', $number($accepted), $accepted === $actions, $number($actions));
$manager->terminate();
unset($simulator);

foreach ([$mostInFlight, (int) ceil($perSecond * RING_MS / 1e3 / 2)] as $cap) {
    $many = (int) ($perSecond * $seconds);
    printf(
        "\n%s calls, %s a second, %s in flight at most; a phone rings %d ms, and each %dth line is busy\n\n",
        $number($many),
        $number($perSecond),
        $number($cap),
        RING_MS,
        BUSY_EVERY,
    );
    $ring = RING_MS . '..' . RING_MS;
    $talk = TALK_MS . '..' . TALK_MS;
    $simulator = new Simulator('--nodes', '1', '--calls', '0', '--ring', $ring, '--talk', $talk);
    // All events of a second fit into the queue, lest a Hangup be dropped and counted as missing.
    $manager = AmiClientManager::fromConfig(['servers' => $simulator->servers(), 'options' => $arguments->options() + ['event_queue_capacity' => 100_000]]);
    $ledger = new Ledger($manager->default()->waitUntilReady());
    $campaign = new Campaign($manager, $ledger->calls($many), $perSecond, $cap, $ledger->finished(...));
    [$start, $most, $placedIn] = [microtime(true), 0, 0.0];
    while (!$campaign->isDone() && microtime(true) < $start + $seconds * 10 + PATIENCE) {
        $campaign->pump();
        $placedIn = $campaign->placed < $many ? microtime(true) - $start : $placedIn;
        $most = max($most, $campaign->inFlight);
        $manager->tickAll(2);
    }
    for ($end = microtime(true) + PATIENCE; !$ledger->areAllOver() && microtime(true) < $end;) {
        $manager->tickAll(50);
    }
    $stats = $manager->default()->call(new GenericAction('SimulatorStats'));
    $odd = $ledger->odd();
    $busy = intdiv($many, BUSY_EVERY);
    $rate = $campaign->placed / max(1e-3, $placedIn);
    // What the cap lets through: the busy ones are decided at once.
    $possible = $cap / (RING_MS / 1e3) * BUSY_EVERY / (BUSY_EVERY - 1);
    $sheet->figure('calls placed a second', $number($rate));
    $sheet->bound('  of what was asked for, or of what the cap allows', \sprintf('%.0f %%', 100 * $rate / min($perSecond, $possible)), $rate >= LEAST_RATE * min($perSecond, $possible), \sprintf('>= %.0f %%', 100 * LEAST_RATE));
    $sheet->exact('in flight at one time, at most', $number($most), $most <= $cap, "<= $cap");
    $sheet->exact('answered / busy', "$ledger->answered / $ledger->busy", $ledger->answered === $many - $busy && $ledger->busy === $busy, $many - $busy . " / $busy");
    foreach (['results' => 'calls without exactly one result', 'responses' => '  OriginateResponse', 'begun' => '  Newchannel', 'ended' => '  Hangup'] as $what => $text) {
        $sheet->exact($text, $number($odd[$what]), $odd[$what] === 0, '0');
    }
    $sheet->exact('calls that the simulator began / ended', $stats->get('calls_started') . ' / ' . $stats->get('calls_ended'), (int) $stats->get('calls_started') === $many && (int) $stats->get('calls_ended') === $many, "$many / $many");
    $sheet->figure('OriginateResponse after the ringing, p50 / p99 / longest', $ledger->latency->text());
    $sheet->figure('events a second', $number($counters($manager)['events'] / (microtime(true) - $start)));
    $sheet->exact('events dropped', $number($counters($manager)['events_dropped']), $counters($manager)['events_dropped'] === 0, '0');
    $manager->terminate();
    unset($simulator);
}
exit($sheet->status());
