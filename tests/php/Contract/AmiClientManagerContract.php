<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Contract;

use Apn\AmiClient\Action;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\AmiMessage;
use Apn\AmiClient\CompleteWhen;
use Apn\AmiClient\ConnectionException;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\ActionSender;
use Apn\AmiClient\Contracts\AmiClient;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\EventFilter;
use Apn\AmiClient\EventOnly;
use Apn\AmiClient\Explicit;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\InvalidConnectionStateException;
use Apn\AmiClient\MultiEvent;
use Apn\AmiClient\ProtocolException;
use Apn\AmiClient\RoutingCandidate;
use Apn\AmiClient\RoutingStrategy;
use Apn\AmiClient\ServerConfig;

/**
 * What a manager does, be it real or a fake: so that a fake does not promise what servers do not keep.
 *
 * There are two servers, `pbx1` (the default) and `pbx2`: nodes of the simulator, or what answers like them. Events come by the
 * action UserEvent, which a server sends to every session.
 */
abstract class AmiClientManagerContract extends ActionSenderContract
{
    use EventsContract;

    /** Far more than anything here needs, so that a test that waits for what never comes ends. */
    private const int MAX_TICKS = 400;

    /** A manager of both servers: the same one within a test. Nothing is connected. */
    abstract protected function manager(): AmiClientManager;

    /** Ends the session of a server, which comes back by itself. */
    abstract protected function cut(string $server): void;

    /** Adds a server that nobody can reach. */
    abstract protected function addNobody(string $key): AmiClient;

    protected function sender(): ActionSender
    {
        return $this->ready()->default();
    }

    // ---- servers -----------------------------------------------------------------------------------------------------

    public function test_nothing_is_connected_before_somebody_asks(): void
    {
        $manager = $this->manager();
        self::assertSame(['pbx1', 'pbx2'], $manager->serverKeys());
        self::assertSame(['pbx1' => ConnectionState::Disconnected, 'pbx2' => ConnectionState::Disconnected], $manager->states());
        self::assertSame('pbx1', $manager->default()->serverKey());
        self::assertNull($manager->default()->amiVersion());
        try {
            $manager->default()->send(new Ping());
            self::fail('nothing was thrown');
        } catch (InvalidConnectionStateException $error) {
            self::assertSame(['pbx1', ConnectionState::Disconnected], [$error->serverKey(), $error->state()]);
        }
        try {
            $manager->send(new Ping());
            self::fail('nothing was thrown');
        } catch (InvalidConnectionStateException $error) {
            self::assertSame($manager->states(), $error->states());
        }
    }

    public function test_connect_all_connects_all_in_the_ticks_that_follow(): void
    {
        $manager = $this->manager();
        $manager->connectAll();
        $this->tickUntil(fn(): bool => $manager->states() === ['pbx1' => ConnectionState::Ready, 'pbx2' => ConnectionState::Ready]);
        self::assertSame(2, $manager->clusterHealth()['usable']);
        self::assertNotNull($manager->server('pbx2')->amiVersion());
    }

    public function test_whoever_calls_need_not_have_connected(): void
    {
        self::assertSame('Pong', $this->manager()->server('pbx2')->call(new Ping())->get('Ping'));
        self::assertSame(ConnectionState::Disconnected, $this->manager()->server('pbx1')->state());
        self::assertSame('Pong', $this->manager()->call(new Ping())->get('Ping'));
    }

    public function test_a_call_of_the_manager_connects_where_nothing_is(): void
    {
        self::assertSame('Pong', $this->manager()->call(new Ping())->get('Ping'));
    }

    public function test_a_routed_call_with_a_negative_time_sends_nothing(): void
    {
        $before = $this->actionsSent();
        try {
            $this->ready()->call(new Ping(), -1);
            self::fail('nothing was thrown');
        } catch (InvalidConfigurationException $error) {
            self::assertSame('timeoutMs', $error->key());
        }
        self::assertSame($before, $this->actionsSent());
    }

    public function test_an_unknown_server_is_refused_with_the_nearest_name(): void
    {
        try {
            $this->manager()->server('pbx3');
            self::fail('nothing was thrown');
        } catch (InvalidConfigurationException $error) {
            self::assertSame(['key', 'pbx3'], [$error->key(), $error->value()]);
            self::assertContains($error->suggestion(), ['pbx1', 'pbx2']);
        }
    }

    public function test_a_server_that_cannot_be_reached_is_waited_for_no_longer_than_asked(): void
    {
        $client = $this->addNobody('pbx9');
        try {
            $client->waitUntilReady(300);
            self::fail('nothing was thrown');
        } catch (ConnectionException $error) {
            self::assertSame('pbx9', $error->serverKey());
            self::assertNotNull($error->host());
        }
        $this->expectException(ConnectionException::class);
        $client->call(new Ping(), 300);
    }

    public function test_servers_come_and_go(): void
    {
        $manager = $this->ready();
        $added = $manager->addServer(self::config('pbx9'));
        self::assertSame(ConnectionState::Disconnected, $added->state());
        self::assertSame(['pbx1', 'pbx2', 'pbx9'], $manager->serverKeys());
        try {
            $manager->addServer(self::config('pbx9'));
            self::fail('nothing was thrown');
        } catch (InvalidConfigurationException) {
        }
        self::assertTrue($manager->removeServer('pbx9'));
        self::assertFalse($manager->removeServer('pbx9'));
        self::assertSame(['pbx1', 'pbx2'], $manager->serverKeys());
        try {
            $added->send(new Ping());
            self::fail('nothing was thrown');
        } catch (InvalidConnectionStateException $error) {
            self::assertSame('pbx9', $error->serverKey());
        }
        $this->expectException(InvalidConfigurationException::class);
        $manager->server('pbx9');
    }

    public function test_a_server_that_is_added_connects_where_all_were_told_to(): void
    {
        $this->manager()->connectAll();
        self::assertNotSame(ConnectionState::Disconnected, $this->manager()->addServer(self::config('pbx9'))->state());
    }

    public function test_close_says_goodbye_in_the_ticks_that_follow(): void
    {
        $manager = $this->ready();
        $manager->close();
        // A thread may be done with it already.
        $leaving = [ConnectionState::Closing, ConnectionState::Disconnected];
        foreach ($manager->states() as $state) {
            self::assertContains($state, $leaving);
        }
        try {
            $manager->default()->send(new Ping());
            self::fail('nothing was thrown');
        } catch (InvalidConnectionStateException $error) {
            self::assertContains($error->state(), $leaving);
        }
        $this->tickUntil(fn(): bool => $manager->states() === ['pbx1' => ConnectionState::Disconnected, 'pbx2' => ConnectionState::Disconnected]);
        self::assertSame('Pong', $manager->default()->call(new Ping())->get('Ping'));
    }

    public function test_terminate_cuts_at_once_and_fails_what_waits(): void
    {
        $manager = $this->ready();
        $told = null;
        // Muted: a thread may write it, and have its answer, before anybody ticks.
        $this->mute('Ping');
        $pending = $manager->default()->send(new Ping())->onComplete(function (?\Throwable $error) use (&$told): void {
            $told = $error;
        });
        $manager->terminate();
        self::assertSame(ConnectionState::Disconnected, $manager->default()->state());
        self::assertTrue($pending->isComplete());
        self::assertInstanceOf(AmiException::class, $told);
        self::assertSame($told, $pending->error());
    }

    public function test_a_session_that_ends_fails_its_actions_alone_and_is_told_as_a_gap(): void
    {
        $manager = $this->ready();
        /** @var list<ConnectionGap> $gaps */
        $gaps = [];
        $manager->onGap(function (ConnectionGap $gap) use (&$gaps): void {
            $gaps[] = $gap;
        });
        $this->mute('Ping');
        $lost = $manager->server('pbx1')->send(new Ping());
        $manager->tickAll();
        $this->cut('pbx1');
        self::assertSame($this->failure($lost), $lost->error());
        $this->tickUntil(function () use (&$gaps): bool {
            return $gaps !== [];
        });
        self::assertSame(['pbx1', 1], [$gaps[0]->serverKey, $gaps[0]->sessions]);
        self::assertNotSame('', $gaps[0]->reason);
        self::assertGreaterThanOrEqual($gaps[0]->from, $gaps[0]->to);
        self::assertSame(ConnectionState::Ready, $manager->server('pbx1')->state());
        self::assertSame([2, 1], [$manager->health()['pbx1']['sessions'], $manager->health()['pbx2']['sessions']]);
        self::assertCount(1, $gaps);
    }

    // ---- routing -----------------------------------------------------------------------------------------------------

    public function test_without_a_strategy_servers_take_turns(): void
    {
        $manager = $this->ready();
        $keys = [];
        for ($place = 0; $place < 4; $place++) {
            $keys[] = $manager->send(new Ping())->serverKey();
        }
        self::assertSame(['pbx1', 'pbx2', 'pbx1', 'pbx2'], $keys);
        self::assertContains($manager->select()->serverKey(), ['pbx1', 'pbx2']);
    }

    public function test_a_strategy_chooses_among_those_that_are_ready(): void
    {
        $manager = $this->ready();
        self::assertSame($manager, $manager->routing(new Explicit('pbx2')));
        self::assertSame('pbx2', $manager->send(new Ping())->serverKey());
        self::assertSame('pbx2', $manager->select()->serverKey());
        $asked = new class implements RoutingStrategy {
            /** @var list<array{list<string>, string|null}> */
            public array $asked = [];

            public ?string $choice = 'pbx1';

            public function select(array $candidates, ?Action $action): ?string
            {
                $this->asked[] = [array_map(static fn(RoutingCandidate $one): string => $one->key, $candidates), $action?->name()];

                return $this->choice;
            }
        };
        $manager->routing($asked);
        self::assertSame('pbx1', $manager->send(new Ping())->serverKey());
        $manager->select();
        self::assertSame([[['pbx1', 'pbx2'], 'Ping'], [['pbx1', 'pbx2'], null]], $asked->asked);
        $asked->choice = null;
        try {
            $manager->send(new Ping());
            self::fail('nothing was thrown');
        } catch (InvalidConnectionStateException $error) {
            self::assertSame($manager->states(), $error->states());
        }
        $asked->choice = 'nobody';
        $this->expectException(InvalidConfigurationException::class);
        $manager->send(new Ping());
    }

    // ---- answers -----------------------------------------------------------------------------------------------------

    public function test_actions_are_told_in_the_tick_in_which_they_end_and_before_events(): void
    {
        $manager = $this->ready();
        /** @var \ArrayObject<int, string> $told */
        $told = new \ArrayObject();
        $manager->onEvent('UserEvent', static fn() => $told->append('event'));
        $pending = $manager->default()->send($this->userEvent('one'))->onComplete(static fn() => $told->append('answer'));
        self::assertCount(0, $told);
        $this->tickUntil(static fn(): bool => \count($told) === 2);
        self::assertTrue($pending->isComplete());
        self::assertSame(['answer', 'event'], $told->getArrayCopy());
    }

    public function test_events_up_to_a_named_one_belong_to_the_action(): void
    {
        $named = $this->ready()->default()->send(new GenericAction('CoreShowChannels', completionStrategy: new MultiEvent(['coreshowchannelscomplete'])));
        $named->await(self::SOON_MS);
        self::assertSame('CoreShowChannelsComplete', self::last($named->events())->name);
        $only = $this->manager()->default()->send(new GenericAction('CoreShowChannels', completionStrategy: new EventOnly(['CoreShowChannelsComplete'])));
        $only->await(self::SOON_MS);
        self::assertNull($only->error());
    }

    public function test_a_strategy_of_the_application_sees_every_message_and_what_it_throws_is_the_error(): void
    {
        /** @var list<string> $seen */
        $seen = [];
        $strategy = new CompleteWhen(function (AmiMessage $message) use (&$seen): bool {
            $seen[] = $message instanceof AmiEvent ? $message->name : 'response';

            return $message instanceof AmiEvent && str_ends_with($message->name, 'Complete');
        });
        $pending = $this->ready()->default()->send(new GenericAction('CoreShowChannels', completionStrategy: $strategy));
        $pending->await(self::SOON_MS);
        self::assertSame('response', $seen[0]);
        self::assertSame('CoreShowChannelsComplete', $seen[array_key_last($seen)]);
        self::assertCount(\count($seen) - 1, $pending->events());

        $thrown = new \DomainException('no');
        $failing = $this->manager()->default()->send(new GenericAction('Ping', completionStrategy: new CompleteWhen(static fn() => throw $thrown)));
        $this->quietly(fn() => $this->tickUntil($failing->isComplete(...)));
        self::assertSame($thrown, $failing->error());
    }

    public function test_more_messages_than_allowed_fail_the_action(): void
    {
        $strategy = new CompleteWhen(static fn(): bool => false, maxMessages: 1);
        $pending = $this->ready()->default()->send(new GenericAction('CoreShowChannels', completionStrategy: $strategy));
        self::assertInstanceOf(ProtocolException::class, $this->failure($pending));
    }

    public function test_an_action_is_read_and_refused_before_it_is_sent(): void
    {
        $action = new class implements Action {
            public function name(): string
            {
                return 'Ping';
            }

            public function headers(): array
            {
                return ['X' => "a\r\nAction: Logoff"];
            }

            public function completionStrategy(): null
            {
                return null;
            }
        };
        try {
            $this->ready()->default()->send($action);
            self::fail('nothing was thrown');
        } catch (InvalidConfigurationException $error) {
            self::assertSame('X', $error->key());
        }
        self::assertSame(0, $this->manager()->health()['pbx1']['pending_actions']);
    }

    // ---- ticks and numbers -------------------------------------------------------------------------------------------

    public function test_a_tick_says_what_it_did(): void
    {
        $manager = $this->ready();
        $heard = $this->heard('UserEvent');
        $manager->default()->send($this->userEvent('Counted'));
        [$completed, $dispatched] = [0, 0];
        for ($tick = 0; $tick < self::MAX_TICKS && \count($heard) === 0; $tick++) {
            $summary = $manager->tickAll(50);
            $completed += $summary->actionsCompleted;
            $dispatched += $summary->eventsDispatched;
        }
        self::assertSame([1, 1], [$completed, $dispatched]);
        self::assertFalse($manager->tickAll()->timeoutClamped);
        self::assertTrue($manager->server('pbx1')->state() === ConnectionState::Ready);
        $this->expectException(InvalidConfigurationException::class);
        $manager->tickAll(-1);
    }

    public function test_health_and_metrics_have_one_shape(): void
    {
        $manager = $this->ready();
        $health = $manager->health()['pbx1'];
        self::assertSame(
            ['host', 'port', 'state', 'since', 'circuit', 'failed_attempts', 'retry_in_ms', 'next_retry_at', 'last_reason', 'last_error', 'latency_ms', 'event_lag_ms', 'queued_events', 'pending_actions', 'unwritten_bytes', 'dropped_events', 'sessions'],
            array_keys($health),
        );
        self::assertSame(array_keys($health), array_keys($manager->default()->health()));
        self::assertSame(
            ['servers', 'usable', 'worst_state', 'states', 'next_retry_at', 'event_lag_ms', 'queued_events', 'pending_actions', 'unwritten_bytes', 'dropped_events'],
            array_keys($manager->clusterHealth()),
        );
        $states = $manager->clusterHealth()['states'];
        self::assertIsArray($states);
        self::assertSame(array_column(ConnectionState::cases(), 'value'), array_keys($states));
        self::assertSame([2, ConnectionState::Ready], [$manager->clusterHealth()['servers'], $manager->clusterHealth()['worst_state']]);
        self::assertSame(self::metricNames(), $this->names($manager->metrics()));
        self::assertStringContainsString('ami_ready{server_key="pbx1",server_host="', $manager->prometheus());
        self::assertStringEndsWith("# EOF\n", $manager->prometheus(true));
    }

    // ---- helpers -----------------------------------------------------------------------------------------------------

    /** On port 1 of loopback nobody listens. */
    final protected static function config(string $key): ServerConfig
    {
        return new ServerConfig($key, '127.0.0.1', 'u', 's', 1);
    }

    final protected function ready(): AmiClientManager
    {
        foreach ($this->manager()->serverKeys() as $key) {
            $this->manager()->server($key)->waitUntilReady(self::SOON_MS);
        }

        return $this->manager();
    }

    /** @param \Closure(): bool $isDone */
    final protected function tickUntil(\Closure $isDone): void
    {
        for ($tick = 0; $tick < self::MAX_TICKS; $tick++) {
            if ($isDone()) {
                return;
            }
            $this->manager()->tickAll(50);
        }
        self::assertTrue($isDone(), 'it did not come about in time');
    }

    /**
     * @param EventFilter|array<string, string|list<string>>|null $filter
     *
     * @return \ArrayObject<int, AmiEvent> what comes from now on
     */
    final protected function heard(string $name, EventFilter|array|null $filter = null): \ArrayObject
    {
        /** @var \ArrayObject<int, AmiEvent> $heard */
        $heard = new \ArrayObject();
        $this->ready()->onEvent($name, static fn(AmiEvent $event) => $heard->append($event), $filter);

        return $heard;
    }

    /** @param array<string, string|list<string>> $headers */
    final protected function userEvent(string $name, array $headers = []): GenericAction
    {
        return new GenericAction('UserEvent', ['UserEvent' => $name, ...$headers]);
    }

    final protected function send(Action $action, string $server = 'pbx1'): void
    {
        $this->ready()->server($server)->send($action);
    }

    private function actionsSent(): int
    {
        $servers = $this->manager()->metrics()['servers'];
        self::assertIsArray($servers);

        return (int) array_sum(array_column($servers, 'actions_sent'));
    }

    /** Without a logger the extension makes a PHP warning of what a listener throws; a test wants that. */
    final protected function quietly(\Closure $body): void
    {
        set_error_handler(static fn(): bool => true, E_WARNING);
        try {
            $body();
        } finally {
            restore_error_handler();
        }
    }

    /**
     * The names of all metrics, sorted.
     *
     * @param array<string, mixed> $metrics
     *
     * @return array<string, list<string>>
     */
    private function names(array $metrics): array
    {
        $names = [];
        foreach (['servers', 'removed', 'process'] as $part) {
            $of = $metrics[$part] ?? null;
            self::assertIsArray($of);
            if ($part === 'servers') {
                self::assertSame(['pbx1', 'pbx2'], array_keys($of));
                $of = $of['pbx1'];
                self::assertIsArray($of);
            }
            $names[$part] = array_map(strval(...), array_keys($of));
            sort($names[$part]);
        }

        return $names;
    }

    /** @return array<string, list<string>> as the stub of AmiClientManager::metrics() has them */
    private static function metricNames(): array
    {
        $stub = (string) file_get_contents(\dirname(__DIR__, 3) . '/stubs/AmiClientManager.php');
        self::assertSame(1, preg_match('/servers: array<string, array\{(.*?)\n\s+\*\s+\}>,.*?removed: array\{(.*?)\n\s+\*\s+\},.*?process: array\{(.*?)\n\s+\*\s+\},/s', $stub, $parts));
        $names = [];
        foreach (['servers' => $parts[1], 'removed' => $parts[2], 'process' => $parts[3]] as $part => $text) {
            // Without the shapes within: of those the outer names count.
            $text = (string) preg_replace('/\{[^{}]*\}/', '', $text);
            preg_match_all('/(\w+):/', $text, $found);
            $names[$part] = $found[1];
            sort($names[$part]);
        }

        return $names;
    }
}
