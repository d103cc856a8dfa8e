<?php

declare(strict_types=1);

// What a tick allocates when nothing happens: nothing. valgrind counts the allocations of two runs of this program that differ
// only in their ticks. What PHP allocates comes from PHP's own pools, which are not counted. Exit status 1 where it is more.
//
//   ./dev bench idle
//     --servers=3

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Bench\Support\Arguments;
use Apn\AmiClient\Bench\Support\Sheet;
use Apn\AmiClient\Tests\Support\Simulator;

require __DIR__ . '/../tests/bootstrap.php';
require __DIR__ . '/Support/autoload.php';

const FEW = 500;
const MANY = 2_500;
/** Logins do not take exactly as many allocations each time. */
const MOST_A_TICK = 0.02;

/** @param list<int> $ports */
function idle(array $ports, int $ticks): void
{
    $servers = [];
    foreach ($ports as $number => $port) {
        // Under valgrind all takes long, and a heartbeat is not idle.
        $servers["pbx$number"] = ['host' => '127.0.0.1', 'port' => $port, 'username' => 'dialer', 'secret' => 's3cret', 'options' => ['heartbeat_interval' => 3600, 'read_timeout' => 3600]];
    }
    $manager = AmiClientManager::fromConfig(['servers' => $servers]);
    $manager->onAnyEvent(static function (AmiEvent $event): void {});
    $manager->connectAll();
    foreach (array_keys($servers) as $key) {
        $manager->server($key)->waitUntilReady();
    }
    while ($ticks-- > 0) {
        $manager->tickAll(0);
    }
    $manager->terminate();
}

/** @param list<int> $ports */
function allocations(array $ports, int $ticks): int
{
    $extension = preg_match('~/\S*apn_ami\.so$~m', (string) file_get_contents('/proc/self/maps'), $found) === 1 ? $found[0] : 'apn_ami';
    $log = (string) tempnam(sys_get_temp_dir(), 'valgrind');
    $command = ['valgrind', '--leak-check=no', "--log-file=$log", PHP_BINARY, '-d', "extension=$extension", __FILE__, '--ports=' . implode(',', $ports), "--ticks=$ticks"];
    exec(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', $said, $status);
    $text = (string) file_get_contents($log);
    unlink($log);
    if ($status !== 0 || preg_match('/total heap usage: ([\d,]+) allocs/', $text, $match) !== 1) {
        throw new \RuntimeException(implode("\n", $said) . "\n" . $text);
    }

    return (int) str_replace(',', '', $match[1]);
}

$arguments = new Arguments($argv, ['servers', 'ports', 'ticks']);
if (($ports = $arguments->text('ports')) !== null) {
    idle(array_map(intval(...), explode(',', $ports)), (int) $arguments->number('ticks', FEW));
    exit(0);
}
exec('valgrind --version 2>&1', $version, $status);
if ($status !== 0) {
    echo "\nleft out: allocations of an idle tick, as there is no valgrind\n";
    exit(0);
}
$simulator = new Simulator('--nodes', (string) (int) $arguments->number('servers', 3), '--calls', '0');
$ports = array_values($simulator->nodes);
$each = (allocations($ports, MANY) - allocations($ports, FEW)) / (MANY - FEW);
$sheet = new Sheet();
printf("\n%d idle servers, %s ticks, %s\n\n", \count($ports), number_format(MANY - FEW), $version[0] ?? '');
$sheet->exact('allocations of an idle tick', \sprintf('%.3f', $each), $each <= MOST_A_TICK, '0');
exit($sheet->status());
