<?php

declare(strict_types=1);

// Sends actions through the gateway, each with a number of its own, and says what came of each. Arguments: JSON with `redis` (port),
// `driver`, `servers` (keys), `from`, `count`, `timeout_ms`.

use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\Gateway\ClientSettings;
use Apn\AmiClient\Tests\Gateway\Support\Process;

require dirname(__DIR__, 3) . '/bootstrap.php';

$arguments = json_decode($argv[1] ?? '', true);
assert(is_array($arguments) && is_int($arguments['redis']) && is_string($arguments['driver']) && is_int($arguments['from']) && is_int($arguments['count']) && is_int($arguments['timeout_ms']));
$manager = Process::manager($arguments['redis'], $arguments['driver'], ['pbx1', 'pbx2'], new ClientSettings(timeoutMs: $arguments['timeout_ms']));
$pending = $outcomes = [];
for ($number = $arguments['from']; $number < $arguments['from'] + $arguments['count']; $number++) {
    $to = $number % 3 === 0 ? $manager : $manager->server($number % 3 === 1 ? 'pbx1' : 'pbx2');
    try {
        $pending[$number] = $to->send(new UserEvent('Counted', headers: ['Number' => $number]));
    } catch (AmiException $e) {
        $outcomes[$number] = $e::class;
    }
}
foreach ($pending as $number => $one) {
    try {
        $outcomes[$number] = $one->await()->status;
    } catch (AmiException $e) {
        $outcomes[$number] = $e::class;
    }
}
fwrite(STDOUT, json_encode($outcomes, JSON_THROW_ON_ERROR) . "\n");
