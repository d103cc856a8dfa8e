<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\AmiServiceProvider;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Connections\ManagerFactory;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Apn\AmiClient\Tests\Laravel\Bridges\App\RecordCall;
use Apn\AmiClient\Tests\Laravel\TestCase;
use Apn\AmiClient\Tests\Support\RedisServer;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;
use Apn\AmiClient\Worker\Service;
use Apn\AmiClient\Worker\StopReason;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Foundation\Application;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;

/** From a real server to a listener class, a queued job and a consumer of a stream; with a Redis that dies on the way. */
#[RequiresPhpExtension('apn_ami')]
final class BridgesTest extends TestCase
{
    private const int EVENTS = 600;

    protected function setUp(): void
    {
        RecordCall::$ran = [];
    }

    #[DataProvider('clients')]
    public function test_every_event_of_a_server_is_accounted_for_while_redis_is_killed_and_started_again(string $client): void
    {
        $address = (string) getenv('ASTERISK_22');
        if ($address === '' || !RedisServer::isThere() || !\extension_loaded('redis')) {
            self::markTestSkipped('needs Asterisk 22, redis-server and phpredis');
        }
        $redis = RedisServer::start();
        $app = $this->listener($address, $redis, $client);
        $heard = [];
        $app->make(Dispatcher::class)->listen(static function (AmiEventReceived $event) use (&$heard): void {
            $heard[] = (int) $event->payload->get('Number');
        });
        $services = [];
        foreach ($app->tagged(AmiServiceProvider::SERVICES_TAG) as $entry) {
            array_push($services, ...array_values([...is_iterable($entry) ? $entry : [$entry]]));
        }
        $manager = $app->make(ManagerFactory::class)->make($app->make(AmiConfig::class));
        $worker = new Listener($manager, new Limits(seconds: 60.0), closeSeconds: 20.0);
        $bridges = [];
        foreach ($services as $service) {
            self::assertInstanceOf(Service::class, $service);
            $worker->with($service);
            $bridges[$service->name()] = $service;
        }
        self::assertSame(['events', 'jobs', 'streams'], array_keys($bridges));

        $sent = 0;
        $isBack = false;
        $worker->onTick(static function () use ($manager, $worker, $redis, $bridges, &$sent, &$isBack): void {
            if ($manager->server('pbx')->state() !== ConnectionState::Ready) {
                return;
            }
            for ($number = 0; $number < 20 && $sent < self::EVENTS; $number++) {
                $manager->send(new GenericAction('UserEvent', ['UserEvent' => 'Bridged', 'Number' => (string) $sent++]));
            }
            if ($sent === 200) {
                $redis->kill();
            }
            if (!$isBack && $bridges['events']->stats()['taken'] === self::EVENTS) {
                $isBack = true;
                $redis->restart();
                $worker->stop();
            }
        });
        $outcome = $worker->run();

        self::assertSame(StopReason::Asked, $outcome->reason);
        self::assertSame(range(0, self::EVENTS - 1), $heard, 'in a listener class');
        $kernel = $app->make(Kernel::class);
        $kernel->call('queue:work', ['--stop-when-empty' => true, '--sleep' => 0, '--quiet' => true]);
        self::assertCount(self::EVENTS, array_unique(RecordCall::$ran), 'in a queued job');
        self::assertGreaterThan(0, $bridges['jobs']->stats()['retried'], 'Redis was not there for a while');

        // The consumer of the stream gets what the buffer of 100 had room for, and is told of the others.
        $heard = [];
        $lost = 0;
        $app->make(Dispatcher::class)->listen(static function (\Apn\AmiClient\Laravel\Events\AmiEventsMissed $event) use (&$lost): void {
            $lost += array_sum($event->payload->droppedEvents());
        });
        $kernel->call('ami:consume', ['--once' => true]);
        $unique = array_unique($heard);
        self::assertSame(self::EVENTS, \count($unique) + $lost);
        self::assertSame($lost, $bridges['streams']->stats()['dropped']);
        self::assertGreaterThan(0, $lost);
        self::assertContains(self::EVENTS - 1, $unique);
    }

    /** @return iterable<string, array{string}> */
    public static function clients(): iterable
    {
        yield 'phpredis' => ['phpredis'];
        yield 'Predis' => ['predis'];
    }

    private function listener(string $address, RedisServer $redis, string $client): Application
    {
        [$host, $port] = explode(':', $address);

        return $this->boot([
            'ami-client.servers' => ['pbx' => ['host' => $host, 'port' => $port, 'username' => 'dialer', 'secret' => 's3cret']],
            'ami-client.options.io' => 'background',
            'ami-client.bridges.events' => ['enabled' => true, 'events' => ['UserEvent']],
            'ami-client.bridges.jobs' => ['enabled' => true, 'events' => ['UserEvent' => RecordCall::class], 'retry_ms' => 10, 'retry_max_ms' => 50],
            'ami-client.bridges.streams' => ['enabled' => true, 'events' => ['UserEvent'], 'buffer' => 100, 'batch' => 50, 'retry_ms' => 10, 'retry_max_ms' => 50],
            'queue.default' => 'redis',
            'queue.connections.redis' => ['driver' => 'redis', 'connection' => 'default', 'queue' => 'default', 'retry_after' => 90],
            'database.redis' => [
                'client' => $client,
                'options' => ['prefix' => 'app:'],
                'default' => ['host' => '127.0.0.1', 'port' => $redis->port, 'timeout' => 0.5, 'read_timeout' => 5, 'read_write_timeout' => 5],
            ],
        ]);
    }
}
