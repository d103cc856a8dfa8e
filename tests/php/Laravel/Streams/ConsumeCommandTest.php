<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Streams;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Apn\AmiClient\Laravel\Events\AmiEventsMissed;
use Apn\AmiClient\Tests\Laravel\Bridges\App\CallEnded;
use Apn\AmiClient\Tests\Laravel\Bridges\App\Handler;
use Apn\AmiClient\Tests\Laravel\TestCase;
use Apn\AmiClient\Tests\Support\RedisServer;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Foundation\Application;

final class ConsumeCommandTest extends TestCase
{
    private static ?RedisServer $server = null;

    public static function setUpBeforeClass(): void
    {
        if (!RedisServer::isThere() || !\extension_loaded('redis')) {
            self::markTestSkipped('needs redis-server and phpredis');
        }
        self::$server = RedisServer::start();
    }

    public static function tearDownAfterClass(): void
    {
        self::$server = null;
    }

    protected function setUp(): void
    {
        Handler::$handled = [];
        self::redis()->flushAll();
    }

    public function test_it_reads_the_configured_stream_of_each_server_and_calls_the_handler(): void
    {
        $app = $this->consumer(['stream' => 'ami:{server}', 'consumer' => ['handler' => Handler::class]], ['ami-client.servers.b' => ['host' => '127.0.0.1']]);
        self::add('app:ami:main', 'A');
        self::add('app:ami:b', 'B');

        [$status, $output] = $this->consume($app, ['--once' => true, '--consumer' => 'first']);
        sort(Handler::$handled);
        self::assertSame([0, ['A', 'B']], [$status, Handler::$handled]);
        self::assertStringContainsString('Consuming ami:main, ami:b as first of the group ami.', $output);
        self::assertStringContainsString('handled: 2', $output);
    }

    public function test_without_a_handler_laravel_events_are_dispatched(): void
    {
        $app = $this->consumer([]);
        $heard = [];
        foreach ([AmiEventReceived::class, AmiEventsMissed::class] as $class) {
            $app->make(Dispatcher::class)->listen($class, static function (AmiEventReceived|AmiEventsMissed $event) use (&$heard): void {
                $heard[] = [$event::class, $event->payload->name];
            });
        }
        self::add('app:ami:events', 'Hangup');
        self::redis()->rawcommand('XADD', 'app:ami:events', '*', 'payload', EventPayload::ofGap(new ConnectionGap('main', 1.0, 2.0, 'end_of_file'))->toJson());
        $this->consume($app, ['--once' => true]);

        self::assertSame([[AmiEventReceived::class, 'Hangup'], [AmiEventsMissed::class, 'ConnectionGap']], $heard);
    }

    public function test_streams_and_groups_can_be_named(): void
    {
        $app = $this->consumer(['consumer' => ['handler' => Handler::class]]);
        self::add('app:x', 'A');
        self::add('app:y', 'B');
        $this->consume($app, ['--once' => true, '--stream' => ['x', 'y'], '--group' => 'g1']);
        $this->consume($app, ['--once' => true, '--stream' => ['y'], '--group' => 'g2']);

        self::assertSame(['A', 'B', 'B'], Handler::$handled);
    }

    public function test_sigterm_lets_it_finish_the_entry_in_hand(): void
    {
        if (!\function_exists('pcntl_signal') || !\function_exists('posix_kill')) {
            self::markTestSkipped('needs pcntl and posix');
        }
        $app = $this->consumer([]);
        $handled = [];
        $app->make(Dispatcher::class)->listen(static function (AmiEventReceived $event) use (&$handled): void {
            posix_kill((int) getmypid(), \SIGTERM);
            $handled[] = $event->payload->name;
        });
        self::add('app:ami:events', 'A');
        self::add('app:ami:events', 'B');
        [$status] = $this->consume($app, ['--consumer' => 'c']);

        self::assertSame([0, ['A']], [$status, $handled]);
        self::assertSame([1], array_map(static fn(array $one): mixed => $one[3] ?? null, array_filter((array) self::redis()->xpending('app:ami:events', 'ami', '-', '+', 10), is_array(...))), 'B is for the next one');
    }

    public function test_what_scopes_share_is_made_anew_for_each_entry(): void
    {
        $app = $this->consumer([]);
        $app->scoped(CallEnded::class, static fn(): CallEnded => new CallEnded(EventPayload::of(AmiEvent::fromRaw('a', 'Event: X'))));
        $made = [];
        $app->make(Dispatcher::class)->listen(static function (AmiEventReceived $event) use (&$made, $app): void {
            $made[] = $app->make(CallEnded::class);
        });
        self::add('app:ami:events', 'A');
        self::add('app:ami:events', 'B');
        $this->consume($app, ['--once' => true]);

        self::assertCount(2, $made);
        self::assertNotSame($made[0], $made[1]);
    }

    public function test_what_cannot_be_used_is_said_in_one_sentence(): void
    {
        [$status, $output] = $this->consume($this->consumer(['consumer' => ['handler' => CallEnded::class . 'x']]), ['--once' => true]);
        self::assertSame(2, $status);
        self::assertStringContainsString('ami-client.bridges.streams.consumer.handler', $output);

        [$status, $output] = $this->consume($this->consumer([]), ['--max-time' => '-1']);
        self::assertSame(2, $status);
        self::assertStringContainsString('--max-time must be a whole number from 0', $output);
    }

    /**
     * @param array<string, mixed> $streams
     * @param array<string, mixed> $config
     */
    private function consumer(array $streams, array $config = []): Application
    {
        return $this->boot($config + [
            'ami-client.bridges.streams' => $streams,
            'database.redis' => ['client' => 'phpredis', 'options' => ['prefix' => 'app:'], 'default' => ['host' => '127.0.0.1', 'port' => self::$server?->port]],
        ]);
    }

    /**
     * @param array<string, mixed> $arguments
     *
     * @return array{int, string}
     */
    private function consume(Application $app, array $arguments): array
    {
        $kernel = $app->make(Kernel::class);
        $status = $kernel->call('ami:consume', $arguments);

        return [$status, (string) preg_replace('/\s+/', ' ', $kernel->output())];
    }

    private static function add(string $stream, string $name): void
    {
        self::redis()->rawcommand('XADD', $stream, '*', 'payload', EventPayload::of(AmiEvent::fromRaw('main', "Event: $name"))->toJson());
    }

    private static function redis(): \Redis
    {
        return self::$server?->client() ?? throw new \LogicException('not started');
    }
}
