<?php

declare(strict_types=1);

// Parse and dispatch, without the socket: the time that this process spends outside of the kernel for a flood of events of 520
// bytes, by its own processor time (ru_utime). Exit status 1 where an event for an empty closure takes more than 300 ns.
//
//   ./dev bench dispatch
//     --events=1000000       of a flood
//     --rounds=5             all of which count together
//
// The kernel tells the two kinds of processor time apart by looking now and then which one it is: a single short round says
// little, and the best of some would be the one where it looked least. What else the machine does makes figures worse.
//
// Contained is everything that this client and PHP do for an event: finding and naming it, the copy and the queue, the object,
// the call of the closure, its end; and besides, what the bound does not ask for: the loop in PHP, a tick for every thousand
// events, and the part of the system calls that is not the kernel's. Not contained is what the kernel does, above all the
// copy out of the socket (system), and what this process waits. The wall clock says all of it.

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\Bench\Support\Arguments;
use Apn\AmiClient\Bench\Support\PathOfAnEvent;
use Apn\AmiClient\Bench\Support\Sheet;

require __DIR__ . '/../tests/bootstrap.php';
require __DIR__ . '/Support/autoload.php';

const MOST_NANOSECONDS = 300;

$arguments = new Arguments($argv, ['events', 'rounds', 'judge']);
$events = (int) $arguments->number('events', 1_000_000);
$rounds = (int) $arguments->number('rounds', 5);
$sheet = Sheet::of($arguments);
$simulator = PathOfAnEvent::simulator($events);
$port = $simulator->nodes[array_key_first($simulator->nodes)];

$runs = array_fill_keys(PathOfAnEvent::WORKS, []);
for ($round = 0; $round < $rounds; $round++) {
    // In turn, so that what else the machine does hits all alike.
    foreach (PathOfAnEvent::WORKS as $work) {
        $runs[$work][] = (new PathOfAnEvent($work))->run($port, $events);
    }
}
printf("\nnanoseconds an event, of %d rounds of %s events together\n\n", $rounds, number_format($events));
printf("  %-28s %10s %10s %10s\n", '', 'user', 'system', 'wall');
$nanoseconds = NAN;
foreach ($runs as $work => $each) {
    $mean = static fn(string $what): float => array_sum(array_column($each, $what)) / max(1, \count($each));
    printf("  %-28s %10.0f %10.0f %10.0f\n", $work, $mean('user'), $mean('system'), $mean('wall'));
    if ($work === PathOfAnEvent::EMPTY) {
        $nanoseconds = $mean('user');
    }
}
echo "\n";
$sheet->bound('parse and dispatch to an empty closure', \sprintf('%.0f ns', $nanoseconds), $nanoseconds <= MOST_NANOSECONDS, '<= ' . MOST_NANOSECONDS . ' ns');
exit($sheet->status());
