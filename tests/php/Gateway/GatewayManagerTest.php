<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway;

use Apn\AmiClient\ActionCancelledException;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiMessage;
use Apn\AmiClient\BackpressureException;
use Apn\AmiClient\CompleteWhen;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Gateway\ActionNotAllowedException;
use Apn\AmiClient\Gateway\AllowList;
use Apn\AmiClient\Gateway\ClientSettings;
use Apn\AmiClient\Gateway\GatewayManager;
use Apn\AmiClient\Gateway\GatewayUnavailableException;
use Apn\AmiClient\Gateway\Idempotent;
use Apn\AmiClient\Gateway\NotThroughGatewayException;
use Apn\AmiClient\Gateway\OutcomeUnknownException;
use Apn\AmiClient\Gateway\RequestExpiredException;
use Apn\AmiClient\Gateway\Seal;
use Apn\AmiClient\Gateway\Sender;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\InvalidConnectionStateException;
use Apn\AmiClient\RoundRobin;
use Apn\AmiClient\Testing\Answer;
use Apn\AmiClient\Testing\FakeManager;
use Apn\AmiClient\Tests\Gateway\Support\Answers;
use Apn\AmiClient\Tests\Gateway\Support\InMemory;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The gateway as web requests and jobs see it. */
final class GatewayManagerTest extends TestCase
{
    private InMemory $gateway;

    private FakeManager $servers;

    private GatewayManager $manager;

    protected function setUp(): void
    {
        $this->gateway = new InMemory();
        $this->servers = Answers::manager();
        $this->manager = $this->gateway->manager();
    }

    public function test_an_action_goes_to_the_server_that_is_named(): void
    {
        $this->gateway->listener($this->servers);
        $pending = $this->manager->server('pbx2')->send(new Ping());
        self::assertSame('pbx2', $pending->serverKey());
        $pending->await();
        $this->servers->assertSentTo('pbx2', 'Ping');
        self::assertSame('pbx2', $pending->response()?->serverKey);

        $any = $this->manager->send(new Ping());
        self::assertSame('', $any->serverKey());
        $any->await();
        self::assertContains($any->serverKey(), ['pbx1', 'pbx2']);
        self::assertNotSame($any->requestId(), $any->actionId());

        $this->manager->default()->call(new Ping());
        $this->servers->assertSentTo('pbx1', 'Ping');
    }

    public function test_a_server_that_is_not_configured_is_refused(): void
    {
        self::assertSame(['pbx1', 'pbx2'], $this->manager->serverKeys());
        try {
            $this->manager->server('pbx3');
            self::fail('there is one');
        } catch (InvalidConfigurationException $e) {
            self::assertSame(['key', 'pbx3'], [$e->key(), $e->value()]);
        }
    }

    /** @param callable(AmiClientManager): void $ask */
    #[DataProvider('listenersAffairs')]
    public function test_what_is_the_listeners_affair_is_refused_and_says_where_it_belongs(callable $ask, string $hint): void
    {
        try {
            $ask($this->manager);
            self::fail('nothing was thrown');
        } catch (NotThroughGatewayException $e) {
            self::assertStringContainsString($hint, $e->getMessage());
        }
    }

    /** @return iterable<string, array{callable(AmiClientManager): void, string}> */
    public static function listenersAffairs(): iterable
    {
        yield 'onEvent' => [static function (AmiClientManager $ami): void {
            $ami->onEvent('Hangup', self::nothing(...));
        }, 'bridges'];
        yield 'onAnyEvent' => [static function (AmiClientManager $ami): void {
            $ami->onAnyEvent(self::nothing(...));
        }, 'bridges'];
        yield 'onGap' => [static function (AmiClientManager $ami): void {
            $ami->onGap(self::nothing(...));
        }, 'bridges'];
        yield 'tickAll' => [static function (AmiClientManager $ami): void {
            $ami->tickAll();
        }, 'await()'];
        yield 'select' => [static function (AmiClientManager $ami): void {
            $ami->select();
        }, 'server($key)'];
        yield 'routing' => [static function (AmiClientManager $ami): void {
            $ami->routing(new RoundRobin());
        }, 'container'];
        yield 'removeServer' => [static function (AmiClientManager $ami): void {
            $ami->removeServer('pbx1');
        }, 'ami:restart'];
        yield 'connectAll' => [static function (AmiClientManager $ami): void {
            $ami->connectAll();
        }, 'waitUntilReady'];
        yield 'close' => [static function (AmiClientManager $ami): void {
            $ami->close();
        }, 'ami:restart'];
        yield 'terminate' => [static function (AmiClientManager $ami): void {
            $ami->terminate();
        }, 'ami:restart'];
        yield 'metrics' => [static function (AmiClientManager $ami): void {
            $ami->metrics();
        }, 'listen.http'];
        yield 'prometheus' => [static function (AmiClientManager $ami): void {
            $ami->prometheus();
        }, 'listen.http'];
        yield 'open of a server' => [static function (AmiClientManager $ami): void {
            $ami->server('pbx1')->open();
        }, 'waitUntilReady'];
        yield 'close of a server' => [static function (AmiClientManager $ami): void {
            $ami->server('pbx1')->close();
        }, 'ami:restart'];
        yield 'onEvent of a server' => [static function (AmiClientManager $ami): void {
            $ami->server('pbx1')->onEvent('Hangup', self::nothing(...));
        }, 'bridges'];
    }

    public function test_states_and_health_are_what_listeners_say(): void
    {
        self::assertSame(['pbx1' => ConnectionState::Disconnected, 'pbx2' => ConnectionState::Disconnected], $this->manager->states());
        self::assertSame([], $this->manager->health());
        $one = Answers::manager(['pbx1'])->runsAsterisk('22.10.1');
        $this->gateway->listener($one);
        $this->gateway->listener(Answers::manager(['pbx2'], connected: false));
        $this->gateway->run(1_100);
        self::assertSame(['pbx1' => ConnectionState::Ready, 'pbx2' => ConnectionState::Disconnected], $this->manager->states());
        self::assertEquals($one->health()['pbx1'], ['event_lag_ms' => $one->health()['pbx1']['event_lag_ms']] + $this->manager->health()['pbx1']);
        self::assertSame(['pbx1', 'pbx2'], array_keys($this->manager->health()));
        $cluster = $this->manager->clusterHealth();
        self::assertSame([2, 1, ConnectionState::Disconnected], [$cluster['servers'], $cluster['usable'], $cluster['worst_state']]);
        self::assertSame(array_keys($one->clusterHealth()), array_keys($cluster));
        $client = $this->manager->server('pbx1');
        self::assertSame([ConnectionState::Ready, '22.10.1'], [$client->state(), $client->asteriskVersion()]);
        self::assertSame($one->server('pbx1')->amiVersion(), $client->amiVersion());
        self::assertSame($client, $client->waitUntilReady(0));
        try {
            $this->manager->server('pbx2')->waitUntilReady(0);
            self::fail('it is ready');
        } catch (InvalidConnectionStateException $e) {
            self::assertSame(['pbx2', ConnectionState::Disconnected], [$e->serverKey(), $e->state()]);
        }
    }

    public function test_the_time_that_redis_takes_is_part_of_a_wait_for_a_server(): void
    {
        $this->gateway->broker->onCall = static function (): void {
            usleep(150_000);
        };
        try {
            $this->manager->server('pbx1')->waitUntilReady(400);
            self::fail('it is ready');
        } catch (InvalidConnectionStateException) {
        }
        self::assertLessThanOrEqual(3, \count($this->gateway->broker->calls));
    }

    public function test_without_a_listener_a_server_has_no_health(): void
    {
        $this->expectException(GatewayUnavailableException::class);
        $this->expectExceptionMessage('pbx1');
        $this->manager->server('pbx1')->health();
    }

    public function test_code_of_this_process_cannot_travel_and_is_refused_by_name(): void
    {
        $mine = new CompleteWhen(static fn(AmiMessage $message): bool => true);
        try {
            $this->manager->send(new GenericAction('Ping', completionStrategy: $mine));
            self::fail('it was sent');
        } catch (InvalidConfigurationException $e) {
            self::assertSame('completionStrategy', $e->key());
            self::assertStringContainsString(CompleteWhen::class, $e->getMessage());
        }
        self::assertSame([], $this->gateway->broker->calls, 'before anything was asked of Redis');
    }

    public function test_a_header_that_would_be_another_one_is_refused_before_anything_is_sent(): void
    {
        $action = new class implements \Apn\AmiClient\Action {
            public function name(): string
            {
                return 'Ping';
            }

            public function headers(): array
            {
                return ['Note' => "x\r\nAction: Originate"];
            }

            public function completionStrategy(): null
            {
                return null;
            }
        };
        $this->expectException(InvalidConfigurationException::class);
        try {
            $this->manager->send($action);
        } finally {
            self::assertSame([], $this->gateway->broker->calls);
        }
    }

    public function test_a_sender_knows_at_once_what_is_not_allowed(): void
    {
        $manager = $this->gateway->manager(allow: new AllowList(['Ping']));
        $this->expectException(ActionNotAllowedException::class);
        try {
            $manager->send(new GenericAction('Command', ['Command' => 'core stop now']));
        } finally {
            self::assertSame([], $this->gateway->broker->calls);
        }
    }

    public function test_so_many_may_wait_and_no_more(): void
    {
        $manager = $this->gateway->manager(settings: new ClientSettings(maxWaiting: 2));
        $manager->send(new Ping());
        $manager->send(new Ping());
        try {
            $manager->send(new Ping());
            self::fail('it was sent');
        } catch (BackpressureException $e) {
            self::assertSame(['gateway.max_waiting', 2], [$e->limitName(), $e->limit()]);
        }
    }

    public function test_without_a_listener_an_action_expires_and_was_not_carried_out(): void
    {
        $pending = $this->manager->server('pbx1')->send(new Ping());
        $start = $this->gateway->broker->nowMs;
        try {
            $pending->await();
            self::fail('it was answered');
        } catch (RequestExpiredException $e) {
            self::assertSame(['pbx1', 'Ping'], [$e->serverKey(), $e->actionName()]);
            self::assertStringContainsString('ami:listen', $e->getMessage());
        }
        self::assertEqualsWithDelta(10_000, $this->gateway->broker->nowMs - $start, 50);
    }

    public function test_a_call_whose_time_is_over_is_taken_back(): void
    {
        // It cannot be asked whether it was taken, and so it is not known to be over.
        $this->gateway->broker->failure = 'before look';
        $this->expectException(RequestExpiredException::class);
        try {
            $this->manager->call(new Ping(), 100);
        } finally {
            self::assertContains('withdraw', $this->gateway->broker->calls);
        }
    }

    public function test_a_redis_that_is_not_there_was_told_nothing(): void
    {
        $this->gateway->broker->failure = 'before';
        $this->expectException(GatewayUnavailableException::class);
        $this->manager->send(new Ping());
    }

    public function test_where_redis_goes_away_in_sending_the_outcome_is_unknown_and_nothing_is_tried_again(): void
    {
        $this->gateway->broker->failure = 'after submit';
        try {
            $this->manager->send(new Ping());
            self::fail('it was sent');
        } catch (OutcomeUnknownException $e) {
            self::assertCount(1, array_keys($this->gateway->broker->calls, 'submit', true));
        }
    }

    public function test_a_connection_that_redis_closed_meanwhile_is_not_used_for_an_action(): void
    {
        $this->gateway->listener($this->servers);
        $this->manager->call(new Ping());
        $this->gateway->broker->advance(60_000);
        $this->gateway->broker->calls = [];
        $this->gateway->broker->meanwhile = null;
        $this->manager->send(new Ping());
        $this->manager->send(new Ping());
        self::assertSame(['now', 'submit', 'submit'], $this->gateway->broker->calls);
    }

    public function test_a_clock_of_redis_that_is_set_is_noticed_by_who_sends_all_the_time(): void
    {
        $this->gateway->listener($this->servers);
        $ahead = 0;
        $clock = function () use (&$ahead): int {
            return $this->gateway->broker->nowMs - $ahead;
        };
        $manager = new GatewayManager(new Sender($this->gateway->broker, new Seal(InMemory::KEY), new ClientSettings(), null, null, $clock), ['pbx1']);
        $manager->call(new Ping());
        $ahead = 3_600_000;
        $this->gateway->broker->advance($ahead);
        $failed = 0;
        for ($i = 0; $i < 30; $i++) {
            $this->gateway->run(1_000);
            try {
                $manager->call(new Ping());
            } catch (RequestExpiredException) {
                $failed++;
            }
        }
        self::assertLessThanOrEqual(1, $failed);
    }

    public function test_who_waits_goes_on_when_redis_comes_back(): void
    {
        $this->gateway->listener($this->servers);
        $pending = $this->manager->send(new Ping());
        $failures = 0;
        $this->gateway->broker->failure = 'before awaitAnswer';
        $this->gateway->broker->onCall = function (string $method) use (&$failures): void {
            if ($method === 'awaitAnswer' && ++$failures === 3) {
                $this->gateway->broker->failure = null;
            }
        };
        self::assertSame('Pong', $pending->await(5_000)->get('Ping'));
        self::assertGreaterThanOrEqual(3, $failures);
    }

    public function test_the_same_key_is_carried_out_once_and_gives_the_first_answer(): void
    {
        $this->gateway->listener($this->servers);
        $this->servers->answer('Ping', Answer::sequence(Answer::success(['Ping' => 'first']), Answer::success(['Ping' => 'second'])));
        $action = new Idempotent(new Ping(), 'order 7');
        self::assertSame('first', $this->manager->call($action)->get('Ping'));
        self::assertSame('first', $this->manager->call($action)->get('Ping'));
        self::assertSame('second', $this->manager->call(new Idempotent(new Ping(), 'order 8'))->get('Ping'));
        $this->servers->assertSentCount(2);
        try {
            $this->manager->server('pbx1')->call($action);
            self::fail('it was sent');
        } catch (InvalidConfigurationException $e) {
            self::assertSame('order 7', $e->value());
        }
    }

    public function test_a_key_whose_action_no_server_saw_can_be_tried_again(): void
    {
        $servers = Answers::manager(connected: false);
        $this->gateway->listener($servers);
        $this->gateway->run(6_000);
        $action = new Idempotent(new Ping(), 'order 7');
        try {
            $this->manager->call($action);
            self::fail('it was sent');
        } catch (InvalidConnectionStateException) {
        }
        $servers->up();
        self::assertSame('Pong', $this->manager->call($action)->get('Ping'));
    }

    public function test_what_is_cancelled_before_a_listener_has_it_is_never_carried_out(): void
    {
        $pending = $this->manager->send(new Ping());
        self::assertTrue($pending->cancel());
        self::assertInstanceOf(ActionCancelledException::class, $pending->error());
        self::assertStringContainsString('it was not carried out', (string) $pending->error()?->getMessage());
        $this->gateway->listener($this->servers);
        $this->gateway->run(100);
        $this->servers->assertNothingSent();
    }

    public function test_is_complete_looks_for_the_answer_and_calls_back(): void
    {
        $this->gateway->listener($this->servers);
        $told = new \ArrayObject();
        $pending = $this->manager->send(new Ping())->onComplete(static fn(?\Throwable $error) => $told->append($error));
        self::assertFalse($pending->isComplete());
        $this->gateway->run(100);
        self::assertCount(0, $told);
        self::assertTrue($pending->isComplete());
        self::assertEquals(new \ArrayObject([null]), $told);
    }

    public function test_a_callback_that_throws_takes_nothing_from_the_others(): void
    {
        $this->gateway->listener($this->servers);
        $told = 0;
        $pending = $this->manager->send(new Ping())
            ->onComplete(static fn(): never => throw new \DomainException('mine'))
            ->onComplete(static function () use (&$told): void {
                $told++;
            });
        $warnings = [];
        set_error_handler(static function (int $level, string $message) use (&$warnings): bool {
            $warnings[] = $message;

            return true;
        });
        try {
            self::assertSame('Pong', $pending->await()->get('Ping'));
        } finally {
            restore_error_handler();
        }
        self::assertSame(1, $told);
        self::assertSame(['a callback threw: DomainException: mine'], $warnings);
    }

    public function test_a_request_in_redis_tells_nobody_what_it_is(): void
    {
        $this->manager->send(new GenericAction('Originate', ['Channel' => 'PJSIP/4912345678', 'Variable' => 'PIN=4711']));
        $stored = print_r($this->gateway->broker, true);
        self::assertStringNotContainsString('4912345678', $stored);
        self::assertStringNotContainsString('4711', $stored);
        self::assertStringNotContainsString('4711', print_r($this->manager, true));
    }

    private static function nothing(): void {}
}
