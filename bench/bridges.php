<?php

declare(strict_types=1);

// What bridges hand on: events a second from an event of 520 bytes to its target, over the outbox, with a Redis of its own on this
// machine; and what a consumer of a stream takes. Exit status 1 where an event is missing at the end.
//
//   ./dev bench bridges
//     --events=20000         for each bridge
//     --client=phpredis      or predis
//
// Contained is all that the process that listens does for an event besides having read it: the payload, its JSON, the answer of
// Redis. In a listener, ticks and the application's other listeners share the same processor. The third figure is this
// process's own processor time: the rest is Redis and waiting.

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Bench\Support\Arguments;
use Apn\AmiClient\Bench\Support\BenchJob;
use Apn\AmiClient\Bench\Support\Machine;
use Apn\AmiClient\Bench\Support\Sheet;
use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Bridge\Outbox;
use Apn\AmiClient\Bridge\OutboxOptions;
use Apn\AmiClient\Laravel\AmiServiceProvider;
use Apn\AmiClient\Laravel\Bridges\Bridges;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Apn\AmiClient\Laravel\Redis\RedisConnector;
use Apn\AmiClient\Laravel\Redis\RedisLink;
use Apn\AmiClient\Laravel\Streams\Consumer;
use Apn\AmiClient\Laravel\Streams\ConsumerOptions;
use Apn\AmiClient\Laravel\Streams\Group;
use Apn\AmiClient\Tests\Support\RedisServer;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Bootstrap\LoadConfiguration;
use Illuminate\Redis\Connections\Connection;

require __DIR__ . '/../tests/bootstrap.php';
require __DIR__ . '/Support/autoload.php';

/** As many as a tick may dispatch of one server. */
const TICK = 1_000;

function application(int $port, string $client): Application
{
    $folder = sys_get_temp_dir() . '/apn-ami-bench-' . getmypid();
    mkdir("$folder/bootstrap/cache", recursive: true);
    mkdir("$folder/storage/framework/views", recursive: true);
    register_shutdown_function(static fn() => exec('rm -rf ' . escapeshellarg($folder)));
    $app = Application::configure($folder)->withProviders([AmiServiceProvider::class], withBootstrapProviders: false)->withExceptions()->create();
    $app->afterBootstrapping(LoadConfiguration::class, static function (Application $app) use ($port, $client): void {
        $app->make(Repository::class)->set([
            'ami-client' => ['servers' => ['pbx' => ['host' => '127.0.0.1']], 'bridges' => [
                'jobs' => ['events' => ['*' => BenchJob::class]],
                'streams' => ['max_length' => 0],
                'broadcast' => ['connection' => 'null'],
            ]],
            'logging.default' => 'null',
            'queue.default' => 'redis',
            'queue.connections.redis' => ['driver' => 'redis', 'connection' => 'default', 'queue' => 'default', 'retry_after' => 90],
            'database.redis' => ['client' => $client, 'options' => ['prefix' => 'bench:'], 'default' => ['host' => '127.0.0.1', 'port' => $port]],
        ]);
    });
    $app->make(Kernel::class)->bootstrap();

    return $app;
}

function event(int $number): AmiEvent
{
    $head = "Event: Newstate\r\nPrivilege: call,all\r\nChannel: PJSIP/6003-0000{$number}\r\nChannelState: 6\r\nChannelStateDesc: Up\r\n"
        . "CallerIDNum: 6003\r\nCallerIDName: Somebody\r\nConnectedLineNum: 100\r\nConnectedLineName: Else\r\nLanguage: en\r\nAccountCode: \r\n"
        . "Context: default\r\nExten: 100\r\nPriority: 1\r\nUniqueid: 1700000000.$number\r\nLinkedid: 1700000000.$number\r\nSeq: $number\r\n";

    return AmiEvent::fromRaw('pbx', $head . 'Data: ' . str_repeat('x', max(0, 512 - \strlen($head))), 1_700_000_000.5);
}

$arguments = new Arguments($argv, ['events', 'client', 'judge']);
$events = (int) $arguments->number('events', 20_000);
$client = $arguments->text('client') ?? 'phpredis';
if (!class_exists(Application::class) || !RedisServer::isThere() || ($client === 'phpredis' ? !\extension_loaded('redis') : !class_exists(\Predis\Client::class))) {
    echo "left out: it needs Laravel, redis-server and $client\n";
    exit(0);
}
$sheet = Sheet::of($arguments);
$server = RedisServer::start(['--appendonly', 'no']);
$app = application($server->port, $client);
$heard = 0;
$app->make(Dispatcher::class)->listen(static function (AmiEventReceived $event) use (&$heard): void {
    $heard++;
});
$targets = $app->make(Bridges::class);
$missing = 0;
$row = static function (string $name, float $seconds, float $processor) use ($events): void {
    printf("  %-34s %12s %12.1f %12.1f\n", $name, number_format($events / $seconds), $seconds * 1e6 / $events, $processor * 1e6 / $events);
};
printf("\n%s events of 520 bytes each, %s\n%s, load %.1f\n\n", number_format($events), $client, Machine::describe(), Machine::load());
printf("  %-34s %12s %13s %14s\n", '', 'events/s', 'µs an event', 'µs of its own');
foreach (['events', 'jobs', 'redis', 'streams', 'broadcast'] as $name) {
    $outbox = new Outbox($name, $targets->target($name), new OutboxOptions($events, 1 << 30, $name === 'redis' || $name === 'streams' ? 200 : 1));
    [$seconds, $processor] = [0.0, 0.0];
    for ($number = 0; $number < $events; $number += TICK) {
        $batch = array_map(event(...), range($number, min($events, $number + TICK) - 1));
        [$start, $cpu] = [hrtime(true), Machine::cpuSeconds()];
        foreach ($batch as $event) {
            $outbox->offer(EventPayload::of($event));
        }
        while ($outbox->poll() !== null);
        [$seconds, $processor] = [$seconds + (hrtime(true) - $start) / 1e9, $processor + Machine::cpuSeconds() - $cpu];
    }
    $row(['events' => 'Laravel event, one listener', 'jobs' => 'queued job (Redis queue)', 'redis' => 'Redis publish', 'streams' => 'Redis stream', 'broadcast' => 'broadcast (Redis queue)'][$name], $seconds, $processor);
    $missing += $events - $outbox->stats()['delivered'];
}
$connector = $app->make(RedisConnector::class);
$consumer = new Consumer(
    new Group(new RedisLink(static fn(): Connection => $connector->open(null, 5.0, 5.0)), ['ami:events'], 'g', 'c'),
    static fn(EventPayload $payload) => $payload->get('Uniqueid'),
    new ConsumerOptions(once: true),
);
[$start, $cpu] = [hrtime(true), Machine::cpuSeconds()];
$tally = $consumer->run();
$row('consumer of the stream', (hrtime(true) - $start) / 1e9, Machine::cpuSeconds() - $cpu);
$missing += $events - $tally->handled + $events - $heard;
echo "\n";
$sheet->exact('events that are missing', number_format($missing), $missing === 0, '0');
exit($sheet->status());
