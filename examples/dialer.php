<?php

declare(strict_types=1);

namespace Apn\AmiClient\Examples;

// A dialer: so many calls a second, so many in flight at most, and what became of each.
//
//   AMI_HOST=127.0.0.1 AMI_PORT=5038 AMI_USERNAME=dialer AMI_SECRET=s3cret php examples/dialer.php [CALLS [A SECOND [IN FLIGHT]]]
//
// It calls Local/1000@default, and each tenth time Local/1003@default, which is busy in the simulator. Ctrl-C places no more
// calls and waits for those in flight.

use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiException;

require __DIR__ . '/manager.php';
require __DIR__ . '/Campaign.php';

$numbers = \array_slice($argv ?? [], 1);
if (\count($numbers) > 3 || !array_all($numbers, static fn(string $number): bool => ctype_digit($number) && (int) $number > 0)) {
    fwrite(STDERR, "usage: php examples/dialer.php [CALLS [A SECOND [IN FLIGHT]]], each a number over 0\n");
    exit(2);
}
[$many, $perSecond, $mostInFlight] = array_map(intval(...), $numbers) + [100, 20, 10];
$calls = (static function () use ($many): \Generator {
    for ($number = 1; $number <= $many; $number++) {
        yield Originate::toApplication($number % 10 === 0 ? 'Local/1003@default' : 'Local/1000@default', 'Wait', '1', timeout: 10_000);
    }
})();

$results = ['answered' => 0, 'not answered' => 0, 'unknown' => 0];
$manager = manager();
$campaign = new Campaign($manager, $calls, $perSecond, $mostInFlight, static function (Originate $call, ?\Throwable $error) use (&$results): void {
    $results[match (true) {
        $error === null => 'answered',
        $error instanceof ActionErrorResponseException => 'not answered',
        // Timed out, or the connection went away: the phone may ring all the same, so it is not called again from here.
        default => 'unknown',
    }]++;
});
$manager->registerSignalHandlers($campaign->stop(...));
try {
    $manager->default()->waitUntilReady();
} catch (AmiException $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
while (!$campaign->isDone()) {
    $campaign->pump();
    $manager->tickAll(5);
}
$manager->close();
while ($manager->tickAll(50)->hasProgress());
foreach ($results as $result => $count) {
    echo "$count $result\n";
}
