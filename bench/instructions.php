<?php

declare(strict_types=1);

// Instructions an event, counted by valgrind's callgrind: the same on a busy machine as on a quiet one, so that a regression
// shows. Of the core alone, and of the whole way into PHP, where two floods that differ in their number of events are counted,
// and the difference is what an event takes: start, login and compiling are in both.
//
//   ./dev bench instructions
//     --events=20000         in the shorter of the two floods; the other is three times as long
//
// Instructions are not time: a cache that is missed counts as one that is hit. callgrind's processor has AVX2, no AVX-512.

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\Bench\Support\Arguments;
use Apn\AmiClient\Bench\Support\PathOfAnEvent;

require __DIR__ . '/../tests/bootstrap.php';
require __DIR__ . '/Support/autoload.php';

const STREAMS = ['synthetic_520', 'flood_small', 'parallel20'];
const WORKS = ['skip', 'to_frame', 'three_headers', 'all_headers', 'action_id'];

/**
 * @param list<string> $command
 *
 * @return array{int, string} instructions, and what the program said
 */
function count_instructions(array $command, string ...$options): array
{
    $counted = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', ...array_values($options), ...$command];
    exec(implode(' ', array_map(escapeshellarg(...), $counted)) . ' 2>&1', $lines, $status);
    $said = implode("\n", $lines);
    if ($status !== 0 || preg_match('/Collected : (\d+)/', $said, $match) !== 1) {
        throw new \RuntimeException("$command[0] could not be counted:\n$said");
    }

    return [(int) $match[1], $said];
}

/** The core's own program, built if it is not. */
function core(): string
{
    exec('cargo bench -p ami-core --bench instructions --no-run 2>&1', $lines, $status);
    if ($status !== 0 || preg_match('/Executable .*\((.+)\)/', implode("\n", $lines), $match) !== 1) {
        throw new \RuntimeException("the core's program was not built:\n" . implode("\n", $lines));
    }

    return $match[1];
}

/** Of a part of the path, or `null` where its stream is not in the repository. */
function of_core(string $program, string $stream, string $work): ?float
{
    [$count, $said] = count_instructions([$program, $stream, $work, '1'], '--toggle-collect=*measured*');

    return preg_match("/$stream $work +(\\d+) events/", $said, $match) === 1 ? $count / max(1, (int) $match[1]) : null;
}

function of_php(string $work, int $events): float
{
    $extension = preg_match('~/\S*apn_ami\.so$~m', (string) file_get_contents('/proc/self/maps'), $found) === 1 ? $found[0] : 'apn_ami';
    $php = [PHP_BINARY, '-d', "extension=$extension", '-d', 'opcache.enable_cli=1', '-d', 'opcache.jit=tracing', '-d', 'opcache.jit_buffer_size=64M'];
    $counts = [];
    foreach ([$events, 3 * $events] as $number) {
        $simulator = PathOfAnEvent::simulator($number);
        $port = $simulator->nodes[array_key_first($simulator->nodes)];
        $command = [...$php, __FILE__, "--work=$work", "--events=$number", "--port=$port"];
        // Whatever else a run does, now and then, only adds: the lower of two counts.
        $counts[] = min(count_instructions($command)[0], count_instructions($command)[0]);
    }

    return ($counts[1] - $counts[0]) / (2 * $events);
}

$arguments = new Arguments($argv, ['events', 'work', 'port']);
$events = (int) $arguments->number('events', 20_000);
if (($work = $arguments->text('work')) !== null) {
    (new PathOfAnEvent($work))->run((int) $arguments->number('port', 5038), $events);
    exit(0);
}
exec('valgrind --version 2>&1', $version, $status);
if ($status !== 0) {
    echo "\nleft out: instructions an event, as there is no valgrind\n";
    exit(0);
}
echo "\ninstructions an event, by ", $version[0] ?? 'valgrind', "\n\n| the core: a stream, and what is done with each frame |", implode('|', array_map(static fn(string $work): string => " `$work` ", WORKS)), "|\n|---|", str_repeat('---:|', \count(WORKS)), "\n";
$program = core();
foreach (STREAMS as $stream) {
    $cells = array_map(static fn(string $work): ?float => of_core($program, $stream, $work), WORKS);
    if ($cells !== array_fill(0, \count(WORKS), null)) {
        echo "| `$stream` |", implode('|', array_map(static fn(?float $count): string => $count === null ? ' – ' : ' ' . number_format($count) . ' ', $cells)), "|\n";
    }
}
echo "\n| from the socket to PHP, events of 520 bytes | |\n|---|---:|\n";
foreach (PathOfAnEvent::WORKS as $work) {
    echo "| $work | ", number_format(of_php($work, $events)), " |\n";
}
