<?php

declare(strict_types=1);

// Socket to listener, and a Ping there and back: this client, PHP's own fread(), and other clients in PHP, side by side.
//
//   ./dev bench compare [--events N] [--rounds N] [--only NAME,NAME] [--svg FILE] [--markdown FILE] [--list]
//
// AMI_PEERS names where the other clients are; bench/README.md says how. One that is not there is left out, by name. --svg
// draws the plot, --markdown writes what is printed between the two marks in FILE, --only takes names of drivers, --list
// says who would be measured. Exit status 1 where a bound is missed.

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\Bench\Support\BarChart;
use Apn\AmiClient\Bench\Support\Bound;
use Apn\AmiClient\Bench\Support\Client;
use Apn\AmiClient\Bench\Support\Clients;
use Apn\AmiClient\Bench\Support\Machine;
use Apn\AmiClient\Bench\Support\Report;
use Apn\AmiClient\Bench\Support\Results;
use Apn\AmiClient\Bench\Support\Row;
use Apn\AmiClient\Bench\Support\Runner;
use Apn\AmiClient\Tests\Support\Simulator;

require __DIR__ . '/../tests/bootstrap.php';
require __DIR__ . '/Support/autoload.php';

const PINGS = 2_000;
const CONNECTIONS = 100;
/** Load before anything was measured, above which others take the processors away. */
const BUSY = 1.0;
const BEGIN = '<!-- begin of what ./dev bench compare writes -->';
const END = '<!-- end of what ./dev bench compare writes -->';

function stop(string $why): never
{
    fwrite(STDERR, "error: $why\n");
    exit(2);
}

/**
 * @param list<string> $arguments
 *
 * @return array{events: int, rounds: int, only: list<string>, svg: string, markdown: string, list: bool}
 */
function options(array $arguments): array
{
    $given = ['events' => '200000', 'rounds' => '5', 'only' => '', 'svg' => '', 'markdown' => ''];
    $isList = false;
    while (($argument = array_shift($arguments)) !== null) {
        [$name, $value] = explode('=', substr($argument, 2), 2) + ['', null];
        if ($argument === '--list') {
            $isList = true;
        } elseif (str_starts_with($argument, '--') && isset($given[$name])) {
            $given[$name] = $value ?? array_shift($arguments) ?? stop("--$name takes a value");
        } else {
            stop("no such option: $argument");
        }
    }
    $number = static fn(string $name): int => ctype_digit($given[$name]) && $given[$name] > 0 ? (int) $given[$name] : stop("--$name takes a number above 0, not $given[$name]");

    return [
        'events' => $number('events'),
        'rounds' => $number('rounds'),
        'only' => $given['only'] === '' ? [] : explode(',', $given['only']),
        'svg' => $given['svg'],
        'markdown' => $given['markdown'],
        'list' => $isList,
    ];
}

/**
 * @param list<string> $only
 *
 * @return list<Client>
 */
function clients(array $only): array
{
    $all = Clients::find((string) getenv('AMI_PEERS'), \dirname(__DIR__));
    $unknown = array_diff($only, array_map(static fn(Client $client): string => $client->name, $all));
    if ($unknown !== []) {
        stop('no such client: ' . implode(', ', $unknown));
    }
    $clients = [];
    foreach ($all as $client) {
        if ($only !== [] && !\in_array($client->name, $only, true)) {
            continue;
        }
        if ($client->missing === null) {
            $clients[] = $client;
        } else {
            echo "left out: $client->title: $client->missing\n";
        }
    }

    return $clients;
}

function port(Simulator $simulator): int
{
    return $simulator->nodes[array_key_first($simulator->nodes)];
}

/** Writes between the two marks, and nowhere else. */
function writeBetweenMarks(string $file, string $text): void
{
    $page = (string) @file_get_contents($file);
    [$begin, $end] = [strpos($page, BEGIN), strpos($page, END)];
    if ($begin === false || $end === false || $end < $begin) {
        stop("$file does not have the lines '" . BEGIN . "' and '" . END . "'");
    }
    write($file, substr($page, 0, $begin) . BEGIN . "\n\n" . $text . "\n" . substr($page, $end));
}

function write(string $file, string $text): void
{
    if (@file_put_contents($file, $text) === false) {
        stop("cannot write $file");
    }
    echo "written: $file\n";
}

/**
 * @param list<Client> $clients
 *
 * @return array{Results, list<string>} and who failed, with what
 */
function measure(array $clients, int $events, int $rounds): array
{
    $flood = new Simulator('--nodes', '1', '--calls', '0', '--no-security-events', '--flood', (string) $events);
    $single = new Simulator('--nodes', '1', '--calls', '0', '--no-security-events', '--flood', '1');
    $quiet = new Simulator('--nodes', '1', '--calls', '0');
    $runner = new Runner((string) getenv('EXTENSION'));
    $results = new Results($clients);
    $failed = [];
    $order = $clients;
    for ($round = 1; $round <= $rounds; $round++) {
        foreach (Row::cases() as $row) {
            [$simulator, $number] = match ($row) {
                Row::Ping => [$quiet, (int) ceil(PINGS / $rounds)],
                Row::First => [$single, (int) ceil(CONNECTIONS / $rounds)],
                default => [$flood, $events],
            };
            foreach ($order as $client) {
                if (isset($failed[$client->name]) || !$client->does($row->work())) {
                    continue;
                }
                try {
                    $results->add($row, $client, $runner->run($client, $row->work(), $row->withJit(), port($simulator), $number));
                } catch (\RuntimeException $error) {
                    $failed[$client->name] = "{$client->label()}: {$row->title()}: {$error->getMessage()}";
                }
            }
        }
        // Within a row all take turns, so that what else the machine does hits all alike; and another one is first each time.
        $order[] = array_shift($order) ?? stop('nobody is measured');
        fwrite(STDERR, "round $round of $rounds\n");
    }

    return [$results->without(array_keys($failed)), array_values($failed)];
}

$options = options(\array_slice($argv, 1));
$clients = clients($options['only']);
if ($options['list']) {
    foreach ($clients as $client) {
        echo "measured: {$client->label()}\n";
    }
    exit(0);
}
['events' => $events, 'rounds' => $rounds] = $options;
$load = Machine::load();
[$results, $failed] = measure($clients, $events, $rounds);
foreach ($failed as $what) {
    echo "FAILED: $what\n";
}
$machine = Machine::describe();
$conditions = [
    gmdate('Y-m-d') . ", $machine; load " . \sprintf('%.1f before, %.1f at the end', $load, Machine::load()),
    number_format($events) . " events of 520 bytes from the simulator on the same machine, $rounds rounds, " . number_format(PINGS) . ' Pings',
    'each client in a PHP process of its own; ' . Runner::describe(),
];
if ($load > BUSY) {
    $conditions[] = '**the machine was busy with other work**: events a second are of what was left of it; compare the processor times';
}
$report = new Report($results, $conditions);
echo "\n", $text = $report->markdown(), "\n";
if ($options['svg'] !== '') {
    write($options['svg'], BarChart::ofRates(
        $results,
        'Socket to listener, thousand events a second',
        'Events of 520 bytes; ' . number_format($events) . " a round, median of $rounds rounds; the line is from the slowest to the fastest round.",
        'PHP with the JIT unless it says otherwise. Made by ./dev bench compare, ' . gmdate('Y-m-d') . '.',
        implode(', ', array_map(static fn(Client $client): string => $client->label(), array_filter($results->clients, static fn(Client $client): bool => $client->isPeer()))),
        $machine . \sprintf('; load %.1f before', $load),
    )->svg());
}
if ($options['markdown'] !== '') {
    writeBetweenMarks($options['markdown'], $text);
}
$isGood = $failed === [] && array_all(Bound::judge($results), static fn(Bound $bound): bool => $bound->isKept !== false);
exit($isGood ? 0 : 1);
