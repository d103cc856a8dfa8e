<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway;

use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\Actions\CoreShowChannels;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\ConnectionLostException;
use Apn\AmiClient\Gateway\ActionNotAllowedException;
use Apn\AmiClient\Gateway\AllowList;
use Apn\AmiClient\Gateway\ClientSettings;
use Apn\AmiClient\Gateway\GatewayPendingAction;
use Apn\AmiClient\Gateway\Idempotent;
use Apn\AmiClient\Gateway\OutcomeUnknownException;
use Apn\AmiClient\Gateway\RequestExpiredException;
use Apn\AmiClient\Gateway\ServerSettings;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\InvalidConnectionStateException;
use Apn\AmiClient\ProtocolException;
use Apn\AmiClient\Testing\Answer;
use Apn\AmiClient\Testing\FakeManager;
use Apn\AmiClient\Tests\Gateway\Support\Answers;
use Apn\AmiClient\Tests\Gateway\Support\InMemory;
use Apn\AmiClient\Tests\Support\MemoryLogger;
use PHPUnit\Framework\TestCase;

/** What a listener does with requests, in virtual time. */
final class ServerTest extends TestCase
{
    private InMemory $gateway;

    private FakeManager $servers;

    protected function setUp(): void
    {
        $this->gateway = new InMemory();
        $this->servers = Answers::manager();
    }

    public function test_it_sends_what_it_is_asked_as_it_was_given(): void
    {
        $this->gateway->listener($this->servers);
        $client = $this->gateway->manager()->server('pbx2');
        $client->call(new Originate('PJSIP/alice', application: 'Playback', data: "bytes \xe4\xff", variables: ['A' => 'x', 'B' => 'y,z']));
        $this->servers->assertSentTo('pbx2', 'Originate');
        $sent = $this->servers->sent('Originate')[0]->action;
        self::assertSame("bytes \xe4\xff", $sent->headers()['Data'] ?? null);
        self::assertSame(['A=x', 'B=y\,z'], $sent->headers()['Variable'] ?? null);
        self::assertSame('true', $sent->headers()['Async'] ?? null);
        self::assertInstanceOf(\Apn\AmiClient\AsyncEvent::class, $sent->completionStrategy());
        self::assertInstanceOf(\Apn\AmiClient\VersionedAction::class, $sent);
        self::assertSame(['0.2.0'], $sent->since());
    }

    public function test_it_refuses_what_is_not_allowed_whatever_the_sender_thinks(): void
    {
        $logger = new MemoryLogger();
        $server = $this->gateway->listener($this->servers, new AllowList(['Ping', 'Queue*']), logger: $logger);
        $manager = $this->gateway->manager();
        $manager->call(new Ping());
        $manager->call(new GenericAction('queuestatus'));
        try {
            $manager->call(new GenericAction('Command', ['Command' => 'core stop now', 'Password' => 'hush']));
            self::fail('it was sent');
        } catch (ActionNotAllowedException $e) {
            self::assertSame('Command', $e->actionName());
            self::assertStringContainsString('gateway.allow does not name it', $e->getMessage());
        }
        $this->servers->assertNotSent('Command');
        self::assertSame(1, $server->stats()['refused']);
        self::assertStringNotContainsString('hush', (string) json_encode($logger->records));
        self::assertSame(['an action is not allowed through the gateway'], $logger->messages());
    }

    public function test_no_list_allows_what_would_take_the_session_from_the_others(): void
    {
        $this->gateway->listener($this->servers, new AllowList(['*', 'Logoff', 'Originate']));
        foreach (['Login', 'LOGOFF', 'Challenge', 'Events', 'Filter', 'WaitEvent'] as $name) {
            try {
                $this->gateway->manager()->call(new GenericAction($name));
                self::fail("$name was sent");
            } catch (ActionNotAllowedException $e) {
                self::assertSame($name, $e->actionName());
            }
        }
        foreach ([['Async' => false], ['async' => 'no'], ['Async' => ['true', 'false']], ['Async' => 'true ']] as $headers) {
            try {
                $this->gateway->manager()->call(new GenericAction('Originate', ['Channel' => 'PJSIP/alice'] + $headers));
                self::fail('it was sent');
            } catch (ActionNotAllowedException $e) {
                self::assertStringContainsString('block the session', $e->getMessage());
            }
        }
        $this->servers->assertNothingSent();
    }

    public function test_a_request_that_waited_too_long_is_never_sent(): void
    {
        $pending = $this->gateway->manager()->send(new Ping());
        $this->gateway->broker->advance(10_000);
        $this->gateway->listener($this->servers);
        $this->gateway->run(100);
        $this->servers->assertNothingSent();
        self::assertInstanceOf(RequestExpiredException::class, self::error($pending));
    }

    public function test_a_request_that_grew_old_on_its_way_to_the_listener_is_not_sent(): void
    {
        $server = $this->gateway->listener($this->servers);
        $this->gateway->run(1);
        $pending = $this->gateway->manager()->send(new Ping());
        // Claimed, but the word of it is lost; found again when it is too late.
        $this->gateway->broker->failure = 'after take';
        $this->gateway->run(30);
        $this->gateway->broker->failure = 'before';
        $this->gateway->run(10_000);
        $this->gateway->broker->failure = null;
        $this->gateway->run(6_000);
        $this->servers->assertNothingSent();
        self::assertInstanceOf(\Apn\AmiClient\AmiException::class, self::error($pending));
        self::assertSame(0, $server->stats()['sent']);
    }

    public function test_what_it_claimed_without_hearing_of_it_is_sent_after_all_and_once(): void
    {
        $server = $this->gateway->listener($this->servers);
        $this->gateway->run(1);
        $pending = $this->gateway->manager()->send(new Ping());
        $this->gateway->broker->failure = 'after take';
        $this->gateway->run(50);
        $this->servers->assertNothingSent();
        $this->gateway->broker->failure = null;
        $this->gateway->run(200);
        $this->servers->assertSentCount(1);
        self::assertTrue($pending->isComplete());
        self::assertNull($pending->error());
        self::assertSame(1, $server->stats()['reclaimed']);
    }

    public function test_an_answer_that_redis_did_not_take_is_kept_and_delivered(): void
    {
        $server = $this->gateway->listener($this->servers);
        $this->gateway->run(1);
        $this->servers->answer('Ping', Answer::success()->after(50));
        $pending = $this->gateway->manager()->send(new Ping());
        $this->gateway->run(30);
        $this->servers->assertSentCount(1);
        $this->gateway->broker->failure = 'before';
        $this->gateway->run(1_000);
        self::assertFalse($pending->isComplete());
        self::assertSame(1, $server->stats()['undelivered']);
        self::assertTrue($server->isBusy());
        $this->gateway->broker->failure = null;
        $this->gateway->run(6_000);
        self::assertTrue($pending->isComplete());
        self::assertNull($pending->error());
        $this->servers->assertSentCount(1);
    }

    public function test_an_answer_whose_receipt_was_lost_is_delivered_once(): void
    {
        $server = $this->gateway->listener($this->servers);
        $this->gateway->run(1);
        $pending = $this->gateway->manager()->send(new Ping());
        $this->gateway->broker->failure = 'after answer';
        $this->gateway->run(300);
        self::assertTrue($server->isBusy());
        $this->gateway->broker->failure = null;
        $this->gateway->run(6_000);
        self::assertNull(self::error($pending));
        self::assertSame([1, 0], [$server->stats()['answered'], $server->stats()['late_answers']]);
    }

    public function test_an_answer_that_was_given_up_is_lost_and_never_called_expired(): void
    {
        $server = $this->gateway->listener($this->servers, settings: new ServerSettings(keepMs: 500));
        $this->gateway->run(1);
        $pending = $this->gateway->manager(settings: new ClientSettings(timeoutMs: 1_000))->send(new Idempotent(new Ping(), 'order 7'));
        $this->gateway->broker->failure = 'before answer';
        $this->gateway->run(10_000);
        $this->servers->assertSentCount(1);
        self::assertGreaterThan(0, $server->stats()['dropped_answers']);
        $this->gateway->broker->failure = null;
        $this->gateway->run(10_000);
        $error = self::error($pending);
        self::assertInstanceOf(OutcomeUnknownException::class, $error);
        $this->servers->assertSentCount(1);
    }

    public function test_a_request_that_somebody_puts_back_is_not_carried_out_again(): void
    {
        $server = $this->gateway->listener($this->servers);
        $this->gateway->run(1);
        $pending = $this->gateway->manager()->send(new Ping());
        $before = $this->gateway->broker->moment();
        $this->gateway->run(500);
        $this->servers->assertSentCount(1);
        $before();
        self::assertSame(1, $this->gateway->broker->waiting());
        $this->gateway->run(2_000);
        $this->servers->assertSentCount(1);
        self::assertInstanceOf(OutcomeUnknownException::class, self::error($pending));
        self::assertSame(1, $server->stats()['repeated']);
    }

    public function test_answers_survive_a_redis_that_forgot_everything(): void
    {
        $this->gateway->listener($this->servers);
        $this->gateway->run(1);
        $this->servers->answer('Ping', Answer::success(['Ping' => 'Pong'])->after(500));
        $pending = $this->gateway->manager()->send(new Ping());
        $this->gateway->run(100);
        $this->gateway->broker->loseAll();
        self::assertSame('Pong', $pending->await(5_000)->get('Ping'));
        $this->servers->assertSentCount(1);
    }

    public function test_what_is_under_way_for_long_is_waited_for_though_redis_forgot_it(): void
    {
        $this->gateway->listener($this->servers);
        $this->gateway->run(1);
        $this->servers->answer('Ping', Answer::success(['Ping' => 'Pong'])->after(9_500));
        $pending = $this->gateway->manager(settings: new ClientSettings(timeoutMs: 1_000))->send(new Ping());
        $this->gateway->run(100);
        $this->gateway->broker->loseAll();
        self::assertSame('Pong', $pending->await()->get('Ping'));
    }

    public function test_what_redis_forgot_and_nobody_has_is_not_waited_for_to_the_end(): void
    {
        $pending = $this->gateway->manager(settings: new ClientSettings(timeoutMs: 1_000))->send(new Ping());
        $this->gateway->broker->loseAll();
        $this->gateway->listener($this->servers);
        $start = $this->gateway->broker->nowMs;
        try {
            $pending->await();
            self::fail('it was answered');
        } catch (OutcomeUnknownException $e) {
            self::assertStringContainsString('Redis has lost', $e->getMessage());
        }
        self::assertLessThan(8_000, $this->gateway->broker->nowMs - $start);
    }

    public function test_what_was_carried_out_is_not_carried_out_again_though_redis_forgot_it(): void
    {
        $server = $this->gateway->listener($this->servers);
        $manager = $this->gateway->manager();
        $manager->call(new Idempotent(new Ping(), 'order 7'));
        $this->gateway->broker->loseAll();
        try {
            $manager->call(new Idempotent(new Ping(), 'order 7'));
            self::fail('it was answered');
        } catch (OutcomeUnknownException $e) {
            self::assertStringContainsString('carried out before', $e->getMessage());
        }
        $this->servers->assertSentCount(1);
        self::assertSame(1, $server->stats()['repeated']);
    }

    public function test_an_answer_may_take_as_long_as_the_listener_waits_for_it_whatever_the_sender_expects(): void
    {
        $this->gateway->listener($this->servers);
        $this->gateway->run(1);
        $this->servers->answer('Ping', Answer::success(['Ping' => 'Pong'])->after(25_000));
        $manager = $this->gateway->manager(settings: new ClientSettings(timeoutMs: 1_000, answerMs: 1_000));
        self::assertSame('Pong', $manager->send(new Ping())->await()->get('Ping'));
        $pending = $manager->send(new Ping());
        $this->gateway->run(20_000);
        self::assertFalse($pending->isComplete());
    }

    public function test_a_key_is_kept_for_as_long_as_its_action_is_under_way(): void
    {
        $this->gateway->listener($this->servers, settings: new ServerSettings(maxInFlight: 1));
        $this->gateway->run(1);
        $this->servers->answer('Ping', Answer::success(['Ping' => 'Pong'])->after(25_000));
        $manager = $this->gateway->manager(settings: new ClientSettings(timeoutMs: 1_000, answerMs: 1_000, keepMs: 1_000));
        $action = new Idempotent(new Ping(), 'order 7');
        $manager->send($action);
        $this->gateway->run(20_000);
        $this->gateway->listener($other = Answers::manager());
        $this->gateway->run(1);
        self::assertSame('Pong', $manager->send($action)->await()->get('Ping'));
        $this->servers->assertSentCount(1);
        $other->assertNothingSent();
    }

    public function test_an_answer_that_redis_never_takes_holds_up_no_other_and_no_sign_of_life(): void
    {
        $server = $this->gateway->listener($this->servers);
        $this->gateway->run(1);
        $this->gateway->broker->mostBytes = 5_000;
        $this->servers->answer('Status', Answer::success(['Long' => str_repeat('x', 900), ...array_fill_keys(array_map(static fn(int $n): string => "Long$n", range(1, 9)), str_repeat('x', 900))]));
        $this->servers->answer('Ping', Answer::success(['Ping' => 'Pong'])->after(50));
        $manager = $this->gateway->manager();
        $long = $manager->send(new GenericAction('Status'));
        $short = $manager->send(new Ping());
        self::assertSame('Pong', $short->await(10_000)->get('Ping'));
        $this->gateway->run(10_000);
        self::assertSame('Pong', $manager->call(new Ping(), 9_000)->get('Ping'));
        self::assertFalse($long->isComplete(), 'it was not taken for dead');
        $this->gateway->run(60_000);
        self::assertInstanceOf(OutcomeUnknownException::class, self::error($long));
        self::assertSame(1, $server->stats()['dropped_answers']);
    }

    public function test_a_refusal_whose_receipt_was_lost_does_not_refuse_the_next_try(): void
    {
        $servers = Answers::manager(connected: false);
        $this->gateway->listener($servers);
        $this->gateway->run(6_000);
        $manager = $this->gateway->manager();
        $action = new Idempotent(new Ping(), 'order 7');
        $first = $manager->send($action);
        $this->gateway->broker->failure = 'after answer';
        $this->gateway->run(30);
        self::assertInstanceOf(InvalidConnectionStateException::class, self::error($first));
        $servers->up();
        $servers->answer('Ping', Answer::success(['Ping' => 'Pong'])->after(500));
        $second = $manager->send($action);
        $this->gateway->broker->failure = null;
        self::assertSame('Pong', $second->await(8_000)->get('Ping'));
        $servers->assertSentCount(1);
    }

    public function test_an_answer_that_waits_for_redis_is_for_the_next_try_too_where_redis_forgot_the_first(): void
    {
        $server = $this->gateway->listener($this->servers);
        $this->gateway->run(1);
        $manager = $this->gateway->manager();
        $action = new Idempotent(new Ping(), 'order 7');
        $manager->send($action);
        $this->gateway->broker->failure = 'before answer';
        $this->gateway->run(50);
        self::assertSame(1, $server->stats()['undelivered']);
        $this->gateway->broker->loseAll();
        $second = $manager->send($action);
        $this->gateway->run(1_500);
        $this->gateway->broker->failure = null;
        self::assertSame('Pong', $second->await(8_000)->get('Ping'));
        $this->servers->assertSentCount(1);
        self::assertSame(1, $server->stats()['repeated']);
    }

    public function test_a_redis_that_is_slow_leaves_half_of_the_time_to_the_loop(): void
    {
        $this->gateway->listener($this->servers);
        $this->gateway->run(100);
        $this->gateway->broker->calls = [];
        $inRedis = 0;
        $this->gateway->broker->onCall = function (string $method) use (&$inRedis): void {
            $this->gateway->broker->advance(100);
            $inRedis += 100;
        };
        $this->gateway->run(1_000);
        self::assertGreaterThan(200, $inRedis);
        self::assertLessThan(1_600, $inRedis);
    }

    public function test_a_redis_that_is_away_is_asked_less_and_less_and_said_once(): void
    {
        $logger = new MemoryLogger();
        $server = $this->gateway->listener($this->servers, logger: $logger);
        $this->gateway->run(10);
        $this->gateway->broker->failure = 'before';
        $this->gateway->broker->calls = [];
        $this->gateway->run(30_000);
        self::assertLessThan(20, \count($this->gateway->broker->calls));
        self::assertSame('failing', $server->stats()['redis']);
        $this->gateway->broker->failure = null;
        $this->gateway->run(6_000);
        self::assertSame('ok', $server->stats()['redis']);
        self::assertSame(['the gateway cannot reach Redis; answers are kept, and it tries again', 'the gateway reaches Redis again'], $logger->messages());
        self::assertSame('Pong', $this->gateway->manager()->call(new Ping())->get('Ping'));
    }

    public function test_an_idle_listener_asks_as_often_as_it_is_told_and_a_busy_one_more_often(): void
    {
        $server = $this->gateway->listener($this->servers, settings: new ServerSettings(pollMs: 20));
        $this->gateway->run(1_000);
        $this->gateway->broker->calls = [];
        $this->gateway->run(1_000);
        self::assertEqualsWithDelta(50, $this->calls('waiting'), 3);
        self::assertLessThanOrEqual(20, $server->poll());
        $this->gateway->manager()->call(new Ping());
        $this->gateway->broker->calls = [];
        $this->gateway->run(100);
        self::assertEqualsWithDelta(50, $this->calls('take'), 3);
        self::assertLessThanOrEqual(2, $server->poll());
    }

    public function test_no_more_are_under_way_than_may(): void
    {
        $server = $this->gateway->listener($this->servers, settings: new ServerSettings(maxInFlight: 3));
        $this->servers->answer('Ping', Answer::never());
        $manager = $this->gateway->manager();
        for ($i = 0; $i < 5; $i++) {
            $manager->send(new Ping());
        }
        $this->gateway->run(200);
        self::assertSame(3, $server->stats()['in_flight']);
        self::assertSame(2, $this->gateway->broker->waiting());
        self::assertGreaterThan(0, $server->poll(), 'the next tick may wait');
    }

    public function test_a_leaving_listener_finishes_what_it_has_and_takes_nothing_new(): void
    {
        $server = $this->gateway->listener($this->servers);
        $this->servers->answer('Ping', Answer::success(['Ping' => 'Pong'])->after(300));
        $manager = $this->gateway->manager();
        $under_way = $manager->send(new Ping());
        $this->gateway->run(50);
        $server->stop();
        $too_late = $manager->send(new GenericAction('CoreStatus'));
        $this->gateway->run(100);
        self::assertTrue($server->isBusy());
        $this->gateway->run(300);
        self::assertFalse($server->isBusy());
        self::assertNull(self::error($under_way));
        self::assertSame(['unanswered_requests' => 0, 'undelivered_answers' => 0], $server->finish());
        self::assertFalse($too_late->isComplete());
        $this->servers->assertNotSent('CoreStatus');

        $next = Answers::manager();
        $this->gateway->listener($next);
        $too_late->await(1_000);
        $next->assertSent('CoreStatus');
    }

    public function test_what_a_leaving_listener_could_not_finish_is_told_at_once(): void
    {
        $server = $this->gateway->listener($this->servers);
        $this->servers->answer('Ping', Answer::never());
        $pending = $this->gateway->manager()->send(new Ping());
        $this->gateway->run(50);
        $server->stop();
        self::assertSame(['unanswered_requests' => 1, 'undelivered_answers' => 0], $server->finish());
        $this->gateway->kill($server);
        self::assertInstanceOf(OutcomeUnknownException::class, self::error($pending));
    }

    public function test_a_killed_listener_leaves_an_unknown_outcome_and_nothing_is_sent_again(): void
    {
        $dead = $this->gateway->listener($this->servers);
        $this->servers->answer('Ping', Answer::never());
        $pending = $this->gateway->manager()->send(new Ping());
        $this->gateway->run(50);
        $this->servers->assertSentCount(1);
        $this->gateway->kill($dead);
        $next = Answers::manager();
        $this->gateway->listener($next);
        $sent = $this->gateway->broker->nowMs;
        try {
            $pending->await();
            self::fail('it was answered');
        } catch (ConnectionLostException $e) {
            self::assertSame(OutcomeUnknownException::class, $e::class);
        }
        self::assertLessThan(7_000, $this->gateway->broker->nowMs - $sent, 'sooner than the time of the action');
        $next->assertNothingSent();
    }

    public function test_a_listener_that_stands_by_takes_nothing_and_is_not_listed(): void
    {
        $active = $this->gateway->listener($this->servers);
        $other = Answers::manager();
        $standby = $this->gateway->listener($other);
        $standby->standBy();
        $this->gateway->run(2_000);
        self::assertCount(1, $this->gateway->broker->snapshots());
        $this->gateway->manager()->call(new Ping());
        $other->assertNothingSent();
        $this->gateway->kill($active);
        $pending = $this->gateway->manager()->send(new Ping());
        $this->gateway->run(500);
        self::assertFalse($pending->isComplete(), 'it waits until the other one takes over');
        $standby->takeOver();
        $pending->await(2_000);
        $other->assertSent('Ping');
        self::assertNotSame([], $this->gateway->broker->snapshots());
        $standby->standBy();
        $this->gateway->run(6_000);
        self::assertSame([], $this->gateway->broker->snapshots());
    }

    public function test_requests_wait_for_servers_that_still_connect_and_fail_for_those_that_do_not(): void
    {
        $servers = Answers::manager(connected: false);
        $this->gateway->listener($servers, settings: new ServerSettings(settleMs: 5_000));
        $manager = $this->gateway->manager();
        [$soon, $late, $any] = [$manager->server('pbx1')->send(new Ping()), $manager->server('pbx2')->send(new Ping()), $manager->send(new Ping())];
        $this->gateway->run(1_000);
        self::assertSame([false, false, false], [$soon->isComplete(), $late->isComplete(), $any->isComplete()]);
        $servers->up('pbx1');
        $this->gateway->run(1_000);
        self::assertSame([true, false, true], [$soon->isComplete(), $late->isComplete(), $any->isComplete()]);
        $this->gateway->run(3_500);
        $error = self::error($late);
        self::assertInstanceOf(InvalidConnectionStateException::class, $error);
        self::assertSame('pbx2', $error->serverKey());
        self::assertSame($servers->server('pbx2')->state(), $error->state());
    }

    public function test_a_list_longer_than_may_be_is_told_as_such(): void
    {
        $server = $this->gateway->listener($this->servers, settings: new ServerSettings(maxAnswerBytes: 10_000));
        $this->servers->answer('CoreShowChannels', Answer::list(array_fill(0, 200, ['Event' => 'CoreShowChannel', 'Channel' => str_repeat('x', 50)]), 'CoreShowChannelsComplete'));
        try {
            $this->gateway->manager()->server('pbx1')->call(new CoreShowChannels());
            self::fail('it was answered');
        } catch (ProtocolException $e) {
            self::assertSame('pbx1', $e->serverKey());
            self::assertStringContainsString('gateway.max_answer_bytes', $e->getMessage());
        }
        self::assertSame(1, $server->stats()['too_long']);
    }

    public function test_a_list_of_ten_thousand_events_arrives_whole(): void
    {
        $this->gateway->listener($this->servers);
        $this->servers->answer('CoreShowChannels', Answer::list(array_map(
            static fn(int $n): array => ['Event' => 'CoreShowChannel', 'Channel' => "PJSIP/$n", 'Data' => "\xff$n"],
            range(1, 9_990),
        ), 'CoreShowChannelsComplete'));
        $pending = $this->gateway->manager()->send(new CoreShowChannels());
        $pending->await(5_000);
        self::assertCount(9_991, $pending->events());
        self::assertSame("\xff9990", $pending->events()[9_989]->get('Data'));
    }

    public function test_who_has_another_key_cannot_place_a_call(): void
    {
        $logger = new MemoryLogger();
        $server = $this->gateway->listener($this->servers, logger: $logger);
        try {
            $this->gateway->manager(key: 'somebody else, with a key')->call(new Ping());
            self::fail('it was answered');
        } catch (RequestExpiredException $e) {
            self::assertStringContainsString('gateway.key', $e->getMessage());
        }
        $this->servers->assertNothingSent();
        self::assertSame(1, $server->stats()['foreign']);
        self::assertSame(['a request was not sealed with this gateway.key'], $logger->messages());
    }

    public function test_an_error_of_the_server_is_that_error(): void
    {
        $this->gateway->listener($this->servers);
        $this->expectException(ActionErrorResponseException::class);
        $this->gateway->manager()->call(new GenericAction('Nonsense'));
    }

    public function test_what_waits_longer_than_a_sender_waits_is_not_sent(): void
    {
        $manager = $this->gateway->manager(settings: new ClientSettings(timeoutMs: 10_000));
        try {
            $manager->call(new Ping(), 100);
            self::fail('it was answered');
        } catch (RequestExpiredException) {
        }
        $this->gateway->listener($this->servers);
        $this->gateway->run(100);
        $this->servers->assertNothingSent();
    }

    public function test_its_numbers_have_names_that_other_services_can_read(): void
    {
        $server = $this->gateway->listener($this->servers);
        $this->gateway->manager()->call(new Ping());
        $this->gateway->run(2_000);
        $stats = $server->stats();
        self::assertSame([1, 1, 1, 0, 0], [$stats['taken'], $stats['sent'], $stats['answered'], $stats['in_flight'], $stats['waiting']]);
        self::assertSame('gateway', $server->name());
    }

    private function calls(string $method): int
    {
        return \count(array_keys($this->gateway->broker->calls, $method, true));
    }

    private static function error(GatewayPendingAction $pending): ?\Throwable
    {
        self::assertTrue($pending->isComplete());

        return $pending->error();
    }
}
