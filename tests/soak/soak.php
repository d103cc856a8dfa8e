<?php

declare(strict_types=1);

// A long run under calls, floods, lists, faults and reconnects; fails where memory grows.
//
//   ./dev soak [SECONDS]       60 unless given

namespace Apn\AmiClient\Tests\Soak;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\Simulator;

require __DIR__ . '/../bootstrap.php';

/** What the allocators keep for later differs by some pages from one moment to the next. */
const MOST_RSS_GROWTH = 6 * 1024 * 1024;
const MOST_PHP_GROWTH = 128 * 1024;
/** Actions and faults a second and node. */
const PACE = 5;

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

    public function __construct(private readonly AmiClientManager $manager, private readonly Simulator $simulator)
    {
        $manager->onAnyEvent(function (AmiEvent $event): void {
            $this->counts['events']++;
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
        }
        $this->settle();
    }

    /** Ticks until all servers are ready, and half a second more. */
    private function settle(): void
    {
        $end = microtime(true) + 60;
        do {
            $this->tick();
            $states = array_column($this->manager->health(), 'state');
        } while (array_filter($states, static fn(ConnectionState $state): bool => $state !== ConnectionState::Ready) !== [] && microtime(true) < $end);
        $end = microtime(true) + 0.5;
        while (microtime(true) < $end) {
            $this->tick();
        }
        gc_collect_cycles();
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

function residentBytes(): int
{
    return preg_match('/^VmRSS:\s+(\d+) kB/m', (string) file_get_contents('/proc/self/status'), $match) === 1 ? (int) $match[1] * 1024 : 0;
}

function report(string $moment, int $rss, int $php): void
{
    printf("%-10s  RSS %9s KiB   PHP %7s KiB\n", $moment, number_format(intdiv($rss, 1024)), number_format(intdiv($php, 1024)));
}

// Without a logger a listener that throws is a warning; here it does so on purpose.
set_error_handler(static fn(int $level, string $message): bool => str_contains($message, 'a listener that throws'));

$seconds = max(4.0, (float) ($argv[1] ?? 60));
$simulator = new Simulator('--nodes', '3', '--calls', '20', '--talk', '200..1000', '--ring', '100..300');
$manager = AmiClientManager::fromConfig(['servers' => $simulator->servers(), 'options' => ['backoff_max_ms' => 500, 'circuit_cooldown' => 0.5]]);
$manager->connectAll();
$soak = new Soak($manager, $simulator);

report('start', residentBytes(), memory_get_usage());
// Buffers reach their size, and PHP what it keeps.
$soak->run($seconds / 4);
[$rss, $php] = [residentBytes(), memory_get_usage()];
report('warm', $rss, $php);
$soak->run($seconds / 4);
report('half', residentBytes(), memory_get_usage());
$soak->run($seconds / 2);
[$rssAtEnd, $phpAtEnd] = [residentBytes(), memory_get_usage()];
report('end', $rssAtEnd, $phpAtEnd);
$sessions = array_sum(array_column($manager->health(), 'sessions'));
foreach ($soak->counts + ['sessions' => $sessions] as $name => $count) {
    printf("%-18s %12s\n", $name, number_format($count));
}
$manager->terminate();

$failures = [];
if ($rssAtEnd - $rss > MOST_RSS_GROWTH) {
    $failures[] = \sprintf('RSS grew by %s KiB, more than %s', number_format(($rssAtEnd - $rss) / 1024), number_format(MOST_RSS_GROWTH / 1024));
}
if ($phpAtEnd - $php > MOST_PHP_GROWTH) {
    $failures[] = \sprintf('PHP\'s memory grew by %s KiB, more than %s', number_format(($phpAtEnd - $php) / 1024), number_format(MOST_PHP_GROWTH / 1024));
}
if ($sessions <= 3) {
    $failures[] = 'nothing was reconnected: the faults did not work';
}
foreach ($failures as $failure) {
    echo "FAILED: $failure\n";
}
exit($failures === [] ? 0 : 1);
