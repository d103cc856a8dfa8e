<?php

declare(strict_types=1);

// A long run under calls, lists, faults, reconnects, and floods of which listeners take a fraction; fails where memory grows.
//
//   ./dev soak [SECONDS]       60 unless given
//     --plot=FILE              draws the memory as an SVG
//     --csv=FILE               keeps the samples
//     --io=background          or another value of this option
//     --judge=counts           memory is printed only: for runs too short to tell

namespace Apn\AmiClient\Tests\Soak;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\Bench\Support\Arguments;
use Apn\AmiClient\Bench\Support\MemoryRecord;
use Apn\AmiClient\Bench\Support\Sheet;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\Simulator;

require __DIR__ . '/../bootstrap.php';
require __DIR__ . '/../../bench/Support/autoload.php';

const NODES = 3;
/** Actions and faults a second and node. */
const PACE = 5;
/** Events a second and session. */
const FLOOD = 10_000;
/** The listener waits a millisecond at each of so many events, as for a database: it takes some thousands a second. */
const EVENTS_A_WAIT = 4;

final class Soak
{
    private const array FAULTS = [
        ['Fault' => 'flood', 'Count' => '20000'],
        ['Fault' => 'cut', 'After' => '1000'],
        ['Fault' => 'flood', 'Count' => '50000'],
        ['Fault' => 'reset'],
        ['Fault' => 'garbage', 'Bytes' => '2000', 'Delimited' => '1'],
        ['Fault' => 'blank', 'Count' => '50'],
        ['Fault' => 'oversized', 'Bytes' => '3000000'],
        ['Fault' => 'shutdown', 'Ms' => '200', 'Restart' => '1'],
    ];

    private const array ACTIONS = [
        ['Ping', []],
        ['QueueStatus', []],
        ['Command', ['Command' => 'core show help']],
        ['Originate', ['Channel' => 'Local/1000@default', 'Context' => 'default', 'Exten' => '1000', 'Priority' => '1']],
        ['Getvar', []],
        ['CoreShowChannels', []],
    ];

    /** @var array<string, int> */
    public array $counts = ['events' => 0, 'completed' => 0, 'failed' => 0, 'refused' => 0, 'faults' => 0, 'listener failures' => 0, 'dropped' => 0];

    private int $turn = 0;

    public function __construct(private readonly AmiClientManager $manager, private readonly Simulator $simulator, private readonly MemoryRecord $memory)
    {
        $manager->onAnyEvent(function (AmiEvent $event): void {
            if (++$this->counts['events'] % EVENTS_A_WAIT === 0) {
                usleep(1_000);
            }
            // A header by its name, all of them, or none.
            match ($this->counts['events'] % 3) {
                0 => $event->get('Uniqueid'),
                1 => $event->headers,
                default => null,
            };
        });
        $manager->onEvent('Hangup', static fn() => throw new \RuntimeException('a listener that throws'));
    }

    public function run(float $seconds): void
    {
        $end = microtime(true) + $seconds;
        $next = 0.0;
        while (($now = microtime(true)) < $end) {
            if ($now >= $next) {
                $next = $now + 1 / PACE;
                foreach (array_map(strval(...), array_keys($this->simulator->nodes)) as $node) {
                    $this->act($this->manager->server($node));
                }
            }
            $this->tick();
            $this->memory->sample();
        }
    }

    /** Whether all servers come back within a minute. */
    public function comesBack(): bool
    {
        $end = microtime(true) + 60;
        do {
            $this->tick();
            $isReady = array_all($this->manager->health(), static fn(array $health): bool => $health['state'] === ConnectionState::Ready);
        } while (!$isReady && microtime(true) < $end);

        return $isReady;
    }

    private function tick(): void
    {
        $summary = $this->manager->tickAll(20);
        $this->counts['listener failures'] += $summary->listenerFailures;
        $this->counts['dropped'] += $summary->eventsDropped;
    }

    private function act(AmiClient $client): void
    {
        $this->turn++;
        try {
            [$name, $headers] = self::ACTIONS[$this->turn % \count(self::ACTIONS)];
            $client->send(new GenericAction($name, $headers))->onComplete(function (?\Throwable $error): void {
                $this->counts[$error === null ? 'completed' : 'failed']++;
            });
            // What comes and goes: a listener that holds what it is registered with.
            $subscription = $client->onEvent('Newchannel', static fn(AmiEvent $event) => $client->serverKey() . $event->get('Channel'));
            $subscription->cancel();
            if ($this->turn % 7 === 0) {
                $fault = self::FAULTS[intdiv($this->turn, 7) % \count(self::FAULTS)];
                $client->send(new GenericAction('SimulatorFault', $fault + ['Scope' => 'self']));
                $this->counts['faults']++;
            }
        } catch (AmiException) {
            $this->counts['refused']++;
        }
    }
}

// Without a logger a listener that throws is a warning; here it does so on purpose.
set_error_handler(static fn(int $level, string $message): bool => str_contains($message, 'a listener that throws'));

$arguments = new Arguments($argv, ['plot', 'csv', 'io', 'judge']);
$seconds = max(4.0, $arguments->number(0, 60));
$simulator = new Simulator(
    '--nodes',
    (string) NODES,
    '--calls',
    '20',
    '--talk',
    '200..1000',
    '--ring',
    '100..300',
    '--flood',
    'endless',
    '--flood-rate',
    (string) FLOOD,
);
$options = ['backoff_max_ms' => 500, 'circuit_cooldown' => 0.5, 'max_events_per_tick' => 20] + $arguments->options();
$manager = AmiClientManager::fromConfig(['servers' => $simulator->servers(), 'options' => $options]);
$manager->connectAll();
$memory = new MemoryRecord($seconds);
$soak = new Soak($manager, $simulator, $memory);
$soak->run($seconds);
$isBack = $soak->comesBack();
$growth = $memory->growth();
$counters = $manager->metrics()['servers'];
$sum = static fn(string $name): int => array_sum(array_filter(array_column($counters, $name), is_int(...)));
$manager->terminate();

$sheet = Sheet::of($arguments);
foreach ($soak->counts + ['events that came' => $sum('events')] as $name => $count) {
    $sheet->figure($name, number_format($count));
}
$sheet->exact('sessions', number_format($sum('sessions')), $sum('sessions') > NODES, '> ' . NODES);
$sheet->exact('servers that are back at the end', $isBack ? 'all' : 'not all', $isBack, 'all');
$sheet->exact('events dropped', number_format($soak->counts['dropped']), $soak->counts['dropped'] > 0, '> 0');
$sheet->judged('memory is flat', 'last quarter to second', $growth->failures());
echo "\n", $growth->table();
$title = '%s events in %s minutes, %s of them dropped, %s sessions';
$memory->keep($arguments, \sprintf($title, number_format($sum('events')), number_format($seconds / 60, 1), number_format($soak->counts['dropped']), number_format($sum('sessions'))));
exit($sheet->status());
