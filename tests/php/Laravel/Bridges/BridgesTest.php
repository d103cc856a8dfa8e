<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Bridge\EventBridge;
use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Contracts\Subscription;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Laravel\AmiServiceProvider;
use Apn\AmiClient\Laravel\Config\BridgesConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Events\AmiEventBroadcast;
use Apn\AmiClient\Laravel\Events\AmiEventReceived;
use Apn\AmiClient\Laravel\Events\AmiEventsMissed;
use Apn\AmiClient\Tests\Laravel\Bridges\App\CallEnded;
use Apn\AmiClient\Tests\Laravel\Bridges\App\Handler;
use Apn\AmiClient\Tests\Laravel\Bridges\App\RecordAtOnce;
use Apn\AmiClient\Tests\Laravel\Bridges\App\RecordCall;
use Apn\AmiClient\Tests\Laravel\Bridges\App\RecordOnce;
use Apn\AmiClient\Tests\Laravel\Bridges\App\RecordOnItsQueue;
use Apn\AmiClient\Tests\Laravel\TestCase;
use Illuminate\Broadcasting\Broadcasters\Broadcaster;
use Illuminate\Broadcasting\BroadcastEvent;
use Illuminate\Broadcasting\BroadcastManager;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Contracts\Queue\Factory as Queues;
use Illuminate\Foundation\Application;
use Illuminate\Queue\Attributes\Connection;
use Illuminate\Queue\QueueManager;
use Illuminate\Queue\QueueRoutes;
use PHPUnit\Framework\Attributes\DataProvider;

final class BridgesTest extends TestCase
{
    /** @var array<string, \Closure(AmiEvent): mixed> by name in lower case; `*` for all events */
    private array $listeners = [];

    /** @var (\Closure(ConnectionGap): mixed)|null */
    private ?\Closure $gapListener = null;

    /** @var list<array{string|null, object}> */
    private array $jobs = [];

    private bool $queueIsDown = false;

    /** @var list<array{list<string>, string, array<array-key, mixed>}> */
    private array $broadcasts = [];

    /** @var list<array{class-string, string}> what Laravel's listeners heard */
    private array $heard = [];

    protected function setUp(): void
    {
        RecordCall::$ran = [];
        Handler::$handled = [];
    }

    public function test_all_are_off_until_turned_on(): void
    {
        self::assertSame([], $this->bridges([]));
        self::assertSame([], $this->app()->make(BridgesConfig::class)->enabled);
    }

    public function test_an_event_is_a_laravel_event_or_the_class_that_is_named_for_it(): void
    {
        [$bridge] = $this->bridges(['events' => ['enabled' => true, 'events' => ['Newchannel', 'Hangup' => CallEnded::class, 'Queue*' => CallEnded::class]]], $this->listen(...));
        self::assertSame(['*'], array_keys($this->listeners), 'a pattern needs them all');
        $this->emit('Newchannel');
        $this->emit('hangup');
        $this->emit('QueueJoin');
        $this->emit('DialEnd');
        self::assertSame([], $this->heard(), 'not while events are dispatched');
        $bridge->poll();

        self::assertSame([[AmiEventReceived::class, 'Newchannel'], [CallEnded::class, 'hangup'], [CallEnded::class, 'QueueJoin']], $this->heard());
        self::assertNull($this->gapListener, 'gaps are heard of where they are named');
    }

    public function test_plain_names_leave_all_other_events_alone_and_gaps_can_be_named(): void
    {
        $missed = [];
        [$bridge] = $this->bridges(['events' => ['enabled' => true, 'events' => ['Hangup', 'ConnectionGap']]], static function (Application $app) use (&$missed): void {
            $app->make(Dispatcher::class)->listen(static function (AmiEventsMissed $event) use (&$missed): void {
                $missed[] = $event->payload->get('Reason');
            });
        });
        self::assertSame(['hangup', 'connectiongap'], array_keys($this->listeners));
        self::assertNotNull($this->gapListener);
        ($this->gapListener)(new ConnectionGap('pbx1', 1.0, 2.0, 'end_of_file'));
        $bridge->onTakeover(new ConnectionGap('pbx1', 1.0, 2.0, 'takeover'));
        $bridge->poll();

        self::assertSame(['end_of_file', 'takeover'], $missed);
    }

    public function test_a_listener_that_throws_is_counted_and_costs_no_other_event(): void
    {
        $heard = [];
        [$bridge] = $this->bridges(['events' => ['enabled' => true, 'events' => ['*']]], static function (Application $app) use (&$heard): void {
            $app->make(Dispatcher::class)->listen(static function (AmiEventReceived $event) use (&$heard): void {
                $heard[] = $event->payload->name;
                if ($event->payload->name === 'Bad') {
                    throw new \DomainException('listener');
                }
            });
        });
        $this->emit('Bad');
        $this->emit('Good');
        $bridge->poll();

        self::assertSame(['Bad', 'Good'], $heard);
        self::assertSame([1, 1, 0], [$bridge->stats()['failed'], $bridge->stats()['delivered'], $bridge->stats()['waiting']]);
    }

    public function test_what_is_scoped_is_shared_within_an_event_and_not_between_them(): void
    {
        $heard = [];
        [$bridge] = $this->bridges(['events' => ['enabled' => true, 'events' => ['*']]], static function (Application $app) use (&$heard): void {
            $app->scoped('of this event', static fn(): \ArrayObject => new \ArrayObject());
            foreach (['first', 'second'] as $listener) {
                $app->make(Dispatcher::class)->listen(static function (AmiEventReceived $event) use ($app, $listener, &$heard): void {
                    $shared = $app->make('of this event');
                    self::assertInstanceOf(\ArrayObject::class, $shared);
                    $shared->append("{$event->payload->name}, $listener");
                    $heard[] = \count($shared);
                });
            }
        });
        $this->emit('A');
        $this->emit('B');
        $bridge->poll();

        self::assertSame([1, 2, 1, 2], $heard);
    }

    public function test_an_event_is_a_queued_job_on_the_queue_that_is_configured(): void
    {
        [$bridge] = $this->bridges(['jobs' => ['enabled' => true, 'events' => ['Hangup' => RecordCall::class], 'connection' => 'kept', 'queue' => 'calls']], $this->keepJobs(...));
        $this->emit('Hangup');
        $bridge->poll();

        self::assertCount(1, $this->jobs);
        [[$queue, $job]] = $this->jobs;
        self::assertSame('calls', $queue);
        self::assertInstanceOf(RecordCall::class, $job);
        self::assertSame('Hangup', $job->payload->name);
        $copy = unserialize(serialize($job));
        self::assertInstanceOf(RecordCall::class, $copy);
        self::assertSame($job->payload->toArray(), $copy->payload->toArray());
    }

    public function test_a_queue_that_is_down_is_tried_again_and_a_job_that_cannot_be_made_is_not(): void
    {
        [$bridge] = $this->bridges(['jobs' => ['enabled' => true, 'events' => ['*' => RecordCall::class], 'connection' => 'kept', 'retry_ms' => 1, 'retry_max_ms' => 1]], $this->keepJobs(...));
        $this->queueIsDown = true;
        $this->emit('A', 'Impossible: yes');
        $this->emit('B');
        $bridge->poll();
        self::assertSame([1, 1, true], [$bridge->stats()['failed'], $bridge->stats()['waiting'], $bridge->isBusy()]);
        $this->queueIsDown = false;
        $this->pollUntilDone($bridge);

        self::assertCount(1, $this->jobs);
    }

    public function test_a_job_that_runs_at_once_and_throws_is_not_run_again(): void
    {
        [$bridge] = $this->bridges(['jobs' => ['enabled' => true, 'events' => ['A' => RecordCall::class, 'B' => RecordCall::class]]]);
        $this->emit('A', 'Throws: yes');
        $this->emit('B');
        $this->pollUntilDone($bridge);

        self::assertCount(1, RecordCall::$ran);
        self::assertSame([1, 1], [$bridge->stats()['failed'], $bridge->stats()['delivered']]);
    }

    public function test_what_a_job_says_by_attributes_goes_over_the_configuration(): void
    {
        if (!class_exists(Connection::class)) {
            self::markTestSkipped('jobs have no such attributes before Laravel 13');
        }
        // Were the configuration to win, the job would be kept; were its connection not known, it would run again and again.
        [$bridge] = $this->bridges(['jobs' => [
            'enabled' => true,
            'events' => ['A' => RecordAtOnce::class, 'B' => RecordOnItsQueue::class],
            'connection' => 'kept',
            'queue' => 'calls',
            'retry_ms' => 1,
            'retry_max_ms' => 1,
        ]], $this->keepJobs(...));
        $this->emit('A', 'Throws: yes');
        $this->emit('A');
        $this->emit('B');
        $this->pollUntilDone($bridge);

        self::assertCount(1, RecordCall::$ran);
        self::assertSame(['its-own'], array_column($this->jobs, 0));
        self::assertSame([1, 2, 0], [$bridge->stats()['failed'], $bridge->stats()['delivered'], $bridge->stats()['retried']]);
    }

    public function test_a_job_that_an_application_routes_to_a_queue_at_once_is_not_run_again_when_it_throws(): void
    {
        if (!class_exists(QueueRoutes::class)) {
            self::markTestSkipped('this Laravel has no routes for jobs');
        }
        [$bridge] = $this->bridges(['jobs' => ['enabled' => true, 'events' => ['A' => RecordCall::class], 'retry_ms' => 1, 'retry_max_ms' => 1]], function (Application $app): void {
            $this->keepJobs($app);
            $app->make(Repository::class)->set('queue.default', 'kept');
            $app->make(QueueManager::class)->route(RecordCall::class, connection: 'sync');
        });
        $this->emit('A', 'Throws: yes');
        $this->pollUntilDone($bridge);

        self::assertSame([1, 0], [$bridge->stats()['failed'], $bridge->stats()['retried']]);
    }

    public function test_of_unique_jobs_one_waits(): void
    {
        [$bridge] = $this->bridges(['jobs' => ['enabled' => true, 'events' => ['*' => RecordOnce::class], 'connection' => 'kept', 'retry_ms' => 1, 'retry_max_ms' => 1]], $this->keepJobs(...));
        $this->queueIsDown = true;
        $this->emit('A', 'Linkedid: 1');
        $this->emit('B', 'Linkedid: 1');
        $this->emit('C', 'Linkedid: 2');
        $bridge->poll();
        $this->queueIsDown = false;
        $this->pollUntilDone($bridge);

        self::assertSame(['A', 'C'], array_map(static fn(array $job): string => $job[1] instanceof RecordCall ? $job[1]->payload->name : '', $this->jobs));
    }

    public function test_an_event_is_broadcast_by_a_queue_worker(): void
    {
        [$bridge] = $this->bridges(['broadcast' => ['enabled' => true, 'events' => ['Hangup'], 'connection' => 'kept', 'channels' => ['ami.{server}', 'presence-{event}'], 'queue_connection' => 'kept', 'queue_name' => 'screens']], function (Application $app): void {
            $this->keepJobs($app);
            $this->keepBroadcasts($app);
        });
        $this->emit('Hangup');
        $bridge->poll();

        [[$queue, $job]] = $this->jobs;
        self::assertSame('screens', $queue);
        self::assertInstanceOf(BroadcastEvent::class, $job);
        self::assertInstanceOf(AmiEventBroadcast::class, $job->event);
        $copy = unserialize(serialize($job));
        self::assertInstanceOf(BroadcastEvent::class, $copy);
        $copy->handle($this->app()->make(BroadcastManager::class));
        [[$channels, $name, $data]] = $this->broadcasts;
        self::assertSame([['private-ami.pbx1', 'presence-Hangup'], 'Hangup'], [$channels, $name]);
        self::assertSame('Hangup', EventPayload::fromArray(array_diff_key($data, ['socket' => 0]))->name);
    }

    public function test_an_event_is_broadcast_at_once_and_given_up_after_its_tries(): void
    {
        [$bridge] = $this->bridges(['broadcast' => ['enabled' => true, 'events' => ['*'], 'connection' => 'kept', 'queue' => false, 'as' => 'ami.{event}', 'tries' => 2, 'retry_ms' => 1, 'retry_max_ms' => 1]], $this->keepBroadcasts(...));
        $this->emit('TooLarge');
        $this->emit('Hangup');
        $this->pollUntilDone($bridge);

        self::assertSame([[['private-ami.pbx1'], 'ami.EventsDropped'], [['private-ami.pbx1'], 'ami.Hangup']], array_map(static fn(array $one): array => [$one[0], $one[1]], $this->broadcasts));
        self::assertSame(1, $bridge->stats()['failed']);
    }

    /** @param array<string, mixed> $settings */
    #[DataProvider('mistakes')]
    public function test_what_cannot_be_used_is_refused_by_its_whole_name(string $bridge, array $settings, string $key): void
    {
        try {
            $this->boot($this->settings([$bridge => $settings]));
            self::fail('was taken');
        } catch (InvalidConfigurationException $exception) {
            self::assertSame("ami-client.bridges.$bridge.$key", $exception->key());
            self::assertStringContainsString("ami-client.bridges.$bridge.$key", $exception->getMessage());
        }
    }

    /** @return iterable<string, array{string, array<string, mixed>, string}> */
    public static function mistakes(): iterable
    {
        yield 'on, and no events' => ['redis', ['enabled' => true], 'events'];
        yield 'no name' => ['redis', ['events' => ['Hang up']], 'events'];
        yield 'a class that nobody asked for' => ['streams', ['events' => ['Hangup' => RecordCall::class]], 'events'];
        yield 'a job without an event' => ['jobs', ['events' => [RecordCall::class]], 'events'];
        yield 'an event without a job' => ['jobs', ['events' => ['A' => RecordCall::class, 'Hangup']], 'events.0'];
        yield 'a buffer of none' => ['streams', ['buffer' => 0], 'buffer'];
        yield 'an unknown setting' => ['streams', ['bufer' => 5], 'bufer'];
        yield 'an unknown setting of a bridge without batches' => ['events', ['batch' => 5], 'batch'];
        yield 'an unknown setting of a consumer' => ['streams', ['consumer' => ['groupe' => 'a']], 'consumer.groupe'];
        yield 'retries that shrink' => ['broadcast', ['retry_ms' => 1000, 'retry_max_ms' => 10], 'retry_max_ms'];
        yield 'a stream for each event' => ['streams', ['stream' => 'ami:{event}'], 'stream'];
        yield 'a beginning that is none' => ['streams', ['consumer' => ['from' => 'now']], 'consumer.from'];
        yield 'no channel' => ['broadcast', ['channels' => []], 'channels'];
    }

    public function test_classes_that_cannot_be_used_are_refused_before_anything_is_connected(): void
    {
        foreach ([['events', 'App\\Missing', 'can be loaded'], ['jobs', CallEnded::class, 'implements']] as [$bridge, $class, $words]) {
            try {
                $this->bridges([$bridge => ['enabled' => true, 'events' => ['Hangup' => $class]]]);
                self::fail('was taken');
            } catch (InvalidSettingException $exception) {
                self::assertSame("ami-client.bridges.$bridge.events.Hangup", $exception->key());
                self::assertStringContainsString($words, $exception->getMessage());
            }
        }
    }

    public function test_what_is_left_out_of_a_published_file_has_its_default(): void
    {
        $config = $this->boot(['ami-client.bridges' => ['streams' => ['enabled' => 'true', 'events' => 'Hangup,Queue*', 'buffer' => '50']]])->make(BridgesConfig::class);

        self::assertSame(['streams'], array_keys($config->enabled));
        self::assertSame([['Hangup', 'Queue*'], 50, 200], [$config->streams->bridge->names?->names, $config->streams->bridge->outbox->buffer, $config->streams->bridge->outbox->batch]);
        self::assertSame([100_000, 'ami', 60_000], [$config->streams->maxLength, $config->streams->group, $config->streams->claimIdleMs]);
    }

    private function listen(Application $app): void
    {
        foreach ([AmiEventReceived::class, CallEnded::class, AmiEventsMissed::class] as $class) {
            $app->make(Dispatcher::class)->listen($class, function (object $event): void {
                self::assertTrue($event instanceof AmiEventReceived || $event instanceof CallEnded);
                $this->heard[] = [$event::class, $event->payload->name];
            });
        }
    }

    /** @return list<array{class-string, string}> */
    private function heard(): array
    {
        return $this->heard;
    }

    private function keepJobs(Application $app): void
    {
        $queues = $app->make(Queues::class);
        self::assertInstanceOf(QueueManager::class, $queues);
        $keep = function (?string $queue, object $job): void {
            if ($this->queueIsDown) {
                throw new \RuntimeException('connection refused');
            }
            $this->jobs[] = [$queue, $job];
        };
        $queues->addConnector('kept', static fn() => new KeptQueue($keep));
    }

    /**
     * @param list<string> $channels
     * @param array<array-key, mixed> $payload
     */
    private function keepBroadcast(array $channels, string $event, array $payload): void
    {
        if ($event === 'ami.TooLarge') {
            throw new \RuntimeException('413');
        }
        $this->broadcasts[] = [$channels, $event, $payload];
    }

    private function keepBroadcasts(Application $app): void
    {
        $broadcaster = new KeptBroadcaster($this->keepBroadcast(...));
        $app->make(BroadcastManager::class)->extend('kept', fn(): Broadcaster => $broadcaster);
    }

    /**
     * @param array<string, array<string, mixed>> $bridges
     * @param (\Closure(Application): mixed)|null $prepare
     *
     * @return list<EventBridge> started
     */
    private function bridges(array $bridges, ?\Closure $prepare = null): array
    {
        $app = $this->boot($this->settings($bridges) + ['queue.connections.kept' => ['driver' => 'kept'], 'broadcasting.connections.kept' => ['driver' => 'kept']]);
        if ($prepare !== null) {
            $prepare($app);
        }
        $found = [];
        foreach ($app->tagged(AmiServiceProvider::SERVICES_TAG) as $entry) {
            foreach (is_iterable($entry) ? $entry : [$entry] as $service) {
                if ($service instanceof EventBridge) {
                    $service->start($this->manager());
                    $found[] = $service;
                }
            }
        }

        return $found;
    }

    /**
     * @param array<string, array<string, mixed>> $bridges
     *
     * @return array<string, mixed>
     */
    private function settings(array $bridges): array
    {
        $config = [];
        foreach ($bridges as $name => $settings) {
            // A machine that is busy with something else is not to break a test.
            $config["ami-client.bridges.$name"] = $settings + ['budget_ms' => 1_000];
        }

        return $config;
    }

    private function manager(): AmiClientManager
    {
        $this->listeners = [];
        $this->gapListener = null;
        $subscribe = function (string $name, callable $listener): Subscription {
            $this->listeners[$name] = $listener(...);

            return self::createStub(Subscription::class);
        };
        $manager = self::createStub(AmiClientManager::class);
        $manager->method('onEvent')->willReturnCallback($subscribe);
        $manager->method('onAnyEvent')->willReturnCallback(static fn(callable $listener): Subscription => $subscribe('*', $listener));
        $manager->method('onGap')->willReturnCallback(function (callable $listener) use ($manager): AmiClientManager {
            $this->gapListener = $listener(...);

            return $manager;
        });

        return $manager;
    }

    private function emit(string $name, string $header = 'A: 1'): void
    {
        $listener = $this->listeners[strtolower($name)] ?? $this->listeners['*'] ?? null;
        if ($listener !== null) {
            $listener(AmiEvent::fromRaw('pbx1', "Event: $name\r\n$header", 1_700_000_000.5));
        }
    }

    private function pollUntilDone(EventBridge $bridge): void
    {
        $end = microtime(true) + 20.0;
        while ($bridge->poll() !== null) {
            self::assertLessThan($end, microtime(true), 'it is not done');
            usleep(1_000);
        }
    }
}
