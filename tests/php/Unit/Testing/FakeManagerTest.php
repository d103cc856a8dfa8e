<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Testing;

use Apn\AmiClient\Action;
use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\Actions\CoreShowChannels;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\QueueAdd;
use Apn\AmiClient\Actions\WaitEvent;
use Apn\AmiClient\ActionSendFailedException;
use Apn\AmiClient\ActionTimeoutException;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\AuthenticationException;
use Apn\AmiClient\BackpressureException;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\ConnectionLostException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\EventList;
use Apn\AmiClient\EventOnly;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\InvalidConnectionStateException;
use Apn\AmiClient\Testing\Answer;
use Apn\AmiClient\Testing\FakeManager;
use Apn\AmiClient\Testing\FakePendingAction;
use Apn\AmiClient\Testing\UnexpectedActionException;
use PHPUnit\Framework\AssertionFailedError;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What the fake has besides the contract: answers that are scripted, a time of its own, connections that a test breaks. */
final class FakeManagerTest extends TestCase
{
    // ---- answers -----------------------------------------------------------------------------------------------------

    public function test_it_needs_nothing_and_everything_succeeds(): void
    {
        $fake = new FakeManager();
        self::assertSame(['default'], $fake->serverKeys());
        self::assertSame(ConnectionState::Ready, $fake->default()->state());
        self::assertTrue($fake->call(new Ping())->isSuccess());
    }

    #[DataProvider('actions')]
    public function test_what_nothing_is_said_for_ends_well_whatever_it_waits_for(Action $action, int $events): void
    {
        $pending = new FakeManager()->send($action);
        $pending->await(0);
        self::assertNull($pending->error());
        self::assertCount($events, $pending->events());
    }

    /** @return iterable<string, array{Action, int}> */
    public static function actions(): iterable
    {
        yield 'a response' => [new Ping(), 0];
        yield 'a list' => [new CoreShowChannels(), 1];
        yield 'a list whose end has no name' => [new GenericAction('Any', completionStrategy: new EventList()), 1];
        yield 'a call' => [new Originate('PJSIP/100', application: 'Wait'), 1];
        yield 'a call of an action by its name' => [new GenericAction('Originate', ['Channel' => 'PJSIP/100']), 1];
        yield 'a call that is waited for' => [new Originate('PJSIP/100', application: 'Wait', async: false), 0];
        yield 'an event' => [new WaitEvent(5), 1];
        yield 'an event without a response' => [new GenericAction('Any', completionStrategy: new EventOnly(['X'])), 1];
    }

    public function test_answers_are_found_by_name_wildcard_and_class(): void
    {
        $fake = new FakeManager([
            'queue*' => ['Rule' => 'wildcard'],
            'QUEUEPAUSE' => ['Rule' => 'name'],
            QueueAdd::class => ['Rule' => 'class'],
        ]);
        self::assertSame('name', $fake->call(new GenericAction('QueuePause'))->get('Rule'));
        self::assertSame('wildcard', $fake->call(new GenericAction('QueueAdd'))->get('Rule'));
        self::assertSame('class', $fake->call(new QueueAdd('sales', 'PJSIP/100'))->get('Rule'));
        self::assertNull($fake->call(new GenericAction('XQueueAdd'))->get('Rule'));
        $fake->answer('Queue*', ['Rule' => 'later']);
        self::assertSame('later', $fake->call(new GenericAction('QueuePause'))->get('Rule'));
    }

    public function test_a_function_answers_or_leaves_it_to_what_was_said_before(): void
    {
        $fake = new FakeManager(static fn(Action $action, string $server): array => ['Answers' => "{$action->name()} of $server"], ['a', 'b']);
        $fake->answer('Ping', static fn(Action $action, string $server): ?Answer => $server === 'b' ? Answer::error('not here') : null);
        self::assertSame('Ping of a', $fake->server('a')->call(new Ping())->get('Answers'));
        $this->expectException(ActionErrorResponseException::class);
        $this->expectExceptionMessage('Ping on "b": not here');
        $fake->server('b')->call(new Ping());
    }

    public function test_a_method_answers_as_a_function_does_and_a_list_is_refused(): void
    {
        $answers = new class {
            /** @return array<string, string> */
            public function answer(Action $action): array
            {
                return ['Answers' => $action->name()];
            }
        };
        self::assertSame('Ping', new FakeManager([$answers, 'answer'])->call(new Ping())->get('Answers'));
        $this->expectException(InvalidConfigurationException::class);
        new FakeManager([Answer::success()]);
    }

    public function test_an_answer_may_be_a_response_or_frames_as_they_were_captured(): void
    {
        $fake = new FakeManager([
            'A' => AmiResponse::fromRaw('x', "Response: Success\r\nKey: a"),
            'B' => Answer::raw("Response: Success\nEventList: start\nKey: b", "Event: Item\r\nActionID: of another", "Event: Item\r\nN: 1", "Event: BComplete\r\nEventList: Complete"),
        ]);
        $a = $fake->send(new GenericAction('A'));
        self::assertSame('a', $a->await()->get('Key'));
        self::assertSame($a->actionId(), $a->response()?->actionId());
        $b = $fake->send(new GenericAction('B'));
        self::assertSame('b', $b->await()->get('Key'));
        self::assertSame(['of another', $b->actionId(), $b->actionId()], array_map(static fn(AmiEvent $event): ?string => $event->get('ActionID'), $b->events()));
    }

    public function test_of_two_responses_the_first_counts(): void
    {
        $fake = new FakeManager(['A' => Answer::raw("Response: Success\r\nEventList: start\r\nN: 1", "Response: Success\r\nN: 2", "Event: AComplete\r\nEventList: Complete")]);
        self::assertSame('1', $fake->call(new GenericAction('A'))->get('N'));
    }

    public function test_a_list_has_its_items_and_the_end_that_the_action_waits_for(): void
    {
        $items = [['Event' => 'CoreShowChannel', 'Channel' => 'PJSIP/1', 'Variable' => ['a', 'b']], ['Event' => 'CoreShowChannel', 'Channel' => null]];
        $pending = new FakeManager(['CoreShowChannels' => Answer::list($items)])->send(new CoreShowChannels());
        self::assertSame('start', $pending->await()->get('EventList'));
        [$first, $second, $end] = $pending->events();
        self::assertSame(['a', 'b'], $first->all('Variable'));
        self::assertFalse($second->has('Channel'));
        self::assertSame(['CoreShowChannelsComplete', '2'], [$end->name, $end->get('ListItems')]);
    }

    public function test_a_sequence_gives_one_after_the_other_and_no_more(): void
    {
        $fake = new FakeManager(['Ping' => Answer::sequence(Answer::success(['N' => 1]), Answer::error('busy'), new BackpressureException('full'))->push(Answer::success(['N' => 4]))]);
        self::assertSame('1', $fake->call(new Ping())->get('N'));
        self::assertInstanceOf(ActionErrorResponseException::class, self::thrown(static fn() => $fake->call(new Ping())));
        self::assertSame('full', self::thrown(static fn() => $fake->call(new Ping()))->getMessage());
        self::assertSame('4', $fake->call(new Ping())->get('N'));
        self::assertInstanceOf(UnexpectedActionException::class, self::thrown(static fn() => $fake->call(new Ping())));
        $fake->answer('Ping', Answer::sequence()->whenEmpty(Answer::success(['N' => 'always'])));
        self::assertSame('always', $fake->call(new Ping())->get('N'));
        self::assertSame('always', $fake->call(new Ping())->get('N'));
    }

    public function test_stray_actions_are_refused_where_a_test_says_so(): void
    {
        $fake = new FakeManager(['Ping' => []])->preventStrayActions();
        $fake->call(new Ping());
        $thrown = self::thrown(static fn() => $fake->call(new GenericAction('Getvar', ['Variable' => 'X', 'Secret' => 'hush'])));
        self::assertInstanceOf(UnexpectedActionException::class, $thrown);
        self::assertStringContainsString('Getvar to "default" (Variable: X, Secret: ***)', $thrown->getMessage());
        $fake->assertSentCount(1)->preventStrayActions(false)->call(new GenericAction('Getvar'));
    }

    public function test_what_send_throws_leaves_nothing_sent_and_what_fails_later_was_sent(): void
    {
        $full = new BackpressureException('full');
        $lost = new ConnectionLostException('gone');
        $fake = new FakeManager(['Full' => Answer::throw($full), 'Lost' => Answer::fail($lost)]);
        self::assertSame($full, self::thrown(static fn() => $fake->send(new GenericAction('Full'))));
        $fake->assertNothingSent();
        $pending = $fake->send(new GenericAction('Lost'));
        self::assertFalse($pending->isComplete());
        self::assertSame($lost, self::thrown(static fn() => $pending->await()));
        $fake->assertSent('Lost');
    }

    public function test_a_call_succeeds_or_fails_with_its_reason(): void
    {
        $fake = new FakeManager(['Originate' => Answer::sequence(Answer::originated(['Uniqueid' => '1.2']), Answer::originateFailed(3))]);
        $originate = new Originate('PJSIP/100', application: 'Wait');
        $good = $fake->send($originate);
        $good->await();
        self::assertSame('1.2', $good->events()[0]->get('Uniqueid'));
        self::assertStringContainsString('not answered in time (reason 3)', self::thrown(static fn() => $fake->call($originate))->getMessage());
    }

    public function test_a_command_prints_its_lines_and_its_error_is_the_first_of_them(): void
    {
        $fake = new FakeManager(['Command' => Answer::sequence(Answer::output('a', '', 'b'), Answer::response('Error', ['Message' => 'Command output follows', 'Output' => ['', 'No such command']]))]);
        $command = new GenericAction('Command', ['Command' => 'x']);
        self::assertSame(['a', '', 'b'], $fake->call($command)->output());
        self::assertSame('Command on "default": No such command', self::thrown(static fn() => $fake->call($command))->getMessage());
    }

    /** @param array<string, string|list<string>> $headers */
    #[DataProvider('unusable')]
    public function test_what_no_server_would_send_is_refused(array $headers, string $key): void
    {
        $thrown = self::thrown(static fn() => new FakeManager(['X' => Answer::response('Success')->with($headers)])->call(new GenericAction('X')));
        self::assertInstanceOf(InvalidConfigurationException::class, $thrown);
        self::assertSame($key, $thrown->key());
    }

    /** @return iterable<string, array{array<string, string|list<string>>, string}> */
    public static function unusable(): iterable
    {
        yield 'an event without a name' => [['Channel' => 'x'], 'Event'];
        yield 'an event whose name is none' => [['Event' => ['x']], 'Event'];
        yield 'a line end' => [['Event' => 'X', 'A' => "b\nc: d"], 'A'];
    }

    // ---- time --------------------------------------------------------------------------------------------------------

    public function test_time_passes_only_where_somebody_waits_and_then_at_once(): void
    {
        $fake = new FakeManager(['Slow' => Answer::success()->after(90_000)]);
        $start = $fake->now();
        $slow = $fake->send(new GenericAction('Slow', completionStrategy: new EventList(maxDurationMs: 100_000)));
        $fake->tick();
        self::assertSame($start, $fake->now());
        $fake->travel(89_999);
        self::assertFalse($slow->isComplete());
        $fake->travel(1);
        self::assertTrue($slow->isComplete());
        self::assertEqualsWithDelta($start + 90, $slow->response()?->receivedAt, 0.001);
        self::assertEqualsWithDelta($start + 90, $fake->now(), 0.001);
    }

    public function test_an_action_that_is_never_answered_fails_when_its_time_is_over_and_says_why(): void
    {
        $fake = new FakeManager(['Ping' => Answer::never(), 'CoreShowChannels' => Answer::response('Success')]);
        $start = $fake->now();
        $thrown = self::thrown(static fn() => $fake->send(new Ping())->await());
        self::assertInstanceOf(ActionTimeoutException::class, $thrown);
        self::assertSame(30_000, $thrown->timeoutMs());
        self::assertStringContainsString('no response was scripted', $thrown->getMessage());
        self::assertEqualsWithDelta($start + 30, $fake->now(), 0.001);
        $list = self::thrown(static fn() => $fake->send(new CoreShowChannels())->await());
        self::assertStringContainsString('does not complete EventList', $list->getMessage());
    }

    public function test_answers_come_in_the_order_of_their_time(): void
    {
        $fake = new FakeManager(['A' => Answer::success()->after(20), 'B' => Answer::success()->after(10)]);
        /** @var list<string> $told */
        $told = [];
        foreach (['A', 'B'] as $name) {
            $fake->send(new GenericAction($name))->onComplete(static function () use (&$told, $name): void {
                $told[] = $name;
            });
        }
        $fake->travel(30);
        self::assertSame(['B', 'A'], $told);
        $this->expectException(InvalidConfigurationException::class);
        Answer::success()->after(-1);
    }

    public function test_of_two_at_the_same_time_the_first_comes_first(): void
    {
        $fake = new FakeManager(['Now' => [], 'A' => Answer::success()->after(20), 'B' => Answer::success()->after(10)]);
        /** @var list<string> $told */
        $told = [];
        $send = static function (string $name) use ($fake, &$told): void {
            $fake->send(new GenericAction($name))->onComplete(static function () use (&$told, $name): void {
                $told[] = $name;
            });
        };
        array_map($send, ['Now', 'Now', 'A']);
        $fake->travel(10);
        $send('B');
        $fake->travel(10);
        self::assertSame(['Now', 'Now', 'A', 'B'], $told);
    }

    public function test_a_function_that_answers_may_send_itself(): void
    {
        $fake = new FakeManager();
        $inner = null;
        $fake->answer('Outer', static function () use ($fake, &$inner): array {
            $inner = $fake->send(new GenericAction('Inner', ['A' => 'b']));

            return ['Of' => 'outer'];
        });
        $outer = $fake->send(new GenericAction('Outer'));
        self::assertInstanceOf(FakePendingAction::class, $inner);
        self::assertNotSame($inner->actionId(), $outer->actionId());
        self::assertSame('outer', $outer->await()->get('Of'));
        self::assertNull($inner->await()->get('Of'));
    }

    // ---- events ------------------------------------------------------------------------------------------------------

    public function test_an_event_reaches_its_listeners_at_once(): void
    {
        $fake = new FakeManager(servers: ['a', 'b'], default: 'b');
        /** @var list<AmiEvent> $heard */
        $heard = [];
        $fake->onAnyEvent(static function (AmiEvent $event) use (&$heard): void {
            $heard[] = $event;
        });
        $fake->event('Hangup', ['Channel' => 'PJSIP/1', 'Cause' => 16, 'Flag' => true, 'Var' => ['x', 'y'], 'None' => null]);
        $fake->event('Hangup', server: 'a');
        $fake->event(AmiEvent::fromRaw('a', 'Event: Raw', 12.5));
        $fake->event(AmiEvent::fromRaw('elsewhere', 'Event: Raw', 12.5));
        self::assertSame(['b', 'a', 'a', 'b'], array_map(static fn(AmiEvent $event): string => $event->serverKey, $heard));
        self::assertSame(['16', 'true', ['x', 'y'], false], [$heard[0]->get('Cause'), $heard[0]->get('Flag'), $heard[0]->all('Var'), $heard[0]->has('None')]);
        self::assertEqualsWithDelta($fake->now(), $heard[0]->receivedAt, 0.000_001);
        self::assertSame(12.5, $heard[3]->receivedAt);
        $this->expectException(InvalidConfigurationException::class);
        $fake->event('Hangup', server: 'c');
    }

    public function test_a_pushed_event_waits_for_the_tick_and_one_made_by_a_listener_for_the_next(): void
    {
        $fake = new FakeManager();
        /** @var \ArrayObject<int, string> $heard */
        $heard = new \ArrayObject();
        $fake->onAnyEvent(static function (AmiEvent $event) use ($heard, $fake): void {
            $heard->append($event->name);
            if ($event->name === 'First') {
                $fake->event('Second');
            }
        });
        $fake->push('First');
        self::assertCount(0, $heard);
        self::assertSame(1, $fake->tick()->eventsDispatched);
        self::assertSame(['First'], $heard->getArrayCopy());
        $fake->tick();
        self::assertSame(['First', 'Second'], $heard->getArrayCopy());
    }

    public function test_an_assertion_that_fails_within_a_listener_fails_the_test_and_other_failures_are_kept(): void
    {
        $fake = new FakeManager();
        $heard = 0;
        $fake->onEvent('A', static fn() => throw new \DomainException('first'));
        $fake->onEvent('A', static fn() => self::fail('second'));
        $fake->onEvent('A', static function () use (&$heard): void {
            $heard++;
        });
        $thrown = self::thrown(static fn() => $fake->event('A'));
        self::assertInstanceOf(AssertionFailedError::class, $thrown);
        self::assertSame('second', $thrown->getMessage());
        self::assertSame(1, $heard);
        self::assertSame(['first', 'second'], array_map(static fn(\Throwable $one): string => $one->getMessage(), $fake->failures()));
        self::assertSame(0, $fake->tick()->listenerFailures);
    }

    // ---- connections -------------------------------------------------------------------------------------------------

    public function test_a_server_that_is_down_refuses_actions_until_it_is_up_and_the_gap_is_told(): void
    {
        $fake = new FakeManager(['Ping' => Answer::never()], ['a', 'b']);
        /** @var list<ConnectionGap> $gaps */
        $gaps = [];
        $fake->onGap(static function (ConnectionGap $gap) use (&$gaps): void {
            $gaps[] = $gap;
        });
        $written = $fake->server('a')->send(new Ping());
        $fake->tick();
        $unwritten = $fake->server('a')->send(new Ping());
        $fake->down('a', 'heartbeat_lost');
        self::assertInstanceOf(ConnectionLostException::class, $written->error());
        self::assertInstanceOf(ActionSendFailedException::class, $unwritten->error());
        self::assertSame(['a' => ConnectionState::Reconnecting, 'b' => ConnectionState::Ready], $fake->states());
        self::assertSame(['heartbeat_lost', 1], [$fake->health()['a']['last_reason'], $fake->health()['a']['failed_attempts']]);
        $refused = self::thrown(static fn() => $fake->server('a')->send(new Ping()));
        self::assertInstanceOf(InvalidConnectionStateException::class, $refused);
        self::assertSame(ConnectionState::Reconnecting, $refused->state());
        self::assertNotNull($refused->getPrevious());
        self::assertSame('b', $fake->send(new GenericAction('Other'))->serverKey());
        self::assertInstanceOf(\LogicException::class, self::thrown(static fn() => $fake->event('Hangup', server: 'a')));
        $fake->travel(5_000)->up('a');
        self::assertCount(1, $gaps);
        self::assertSame(['a', 'heartbeat_lost'], [$gaps[0]->serverKey, $gaps[0]->reason]);
        self::assertEqualsWithDelta(5.0, $gaps[0]->to - $gaps[0]->from, 0.001);
        self::assertSame(ConnectionState::Ready, $fake->server('a')->state());
    }

    public function test_what_had_come_before_the_session_ended_is_still_told(): void
    {
        $fake = new FakeManager();
        $heard = 0;
        $fake->onEvent('Hangup', static function () use (&$heard): void {
            $heard++;
        });
        $fake->push('Hangup')->down();
        self::assertSame(1, $heard);
    }

    public function test_what_was_on_its_way_is_lost_with_the_session(): void
    {
        $fake = new FakeManager(['Originate' => Answer::originated()->after(1_000)]);
        $heard = 0;
        $fake->onEvent('OriginateResponse', static function () use (&$heard): void {
            $heard++;
        });
        $fake->send(new GenericAction('Originate', ['Channel' => 'PJSIP/100']));
        $fake->travel(500)->down()->up()->travel(5_000);
        self::assertSame(0, $heard);
    }

    public function test_whoever_waits_for_a_server_that_stays_away_gets_the_reason(): void
    {
        $fake = new FakeManager(servers: ['a', 'b']);
        $fake->down('a', 'login_refused')->down('b', 'connect_timeout');
        $start = $fake->now();
        self::assertInstanceOf(AuthenticationException::class, self::thrown(static fn() => $fake->server('a')->waitUntilReady()));
        self::assertSame($start, $fake->now());
        self::assertStringContainsString('connecting took too long', self::thrown(static fn() => $fake->server('b')->call(new Ping(), 2_000))->getMessage());
        self::assertEqualsWithDelta($start + 2, $fake->now(), 0.001);
        self::assertInstanceOf(InvalidConnectionStateException::class, self::thrown(static fn() => $fake->call(new Ping(), 2_000)));
        $fake->up();
        self::assertTrue($fake->call(new Ping())->isSuccess());
    }

    public function test_versions_are_what_a_test_says(): void
    {
        $fake = new FakeManager()->runsAsterisk('22.5.0');
        self::assertSame('22.5.0', $fake->default()->asteriskVersion());
        self::assertNotNull($fake->default()->amiVersion());
        self::assertNull($fake->down()->default()->asteriskVersion());
    }

    public function test_servers_that_are_none_are_refused(): void
    {
        $thrown = self::thrown(static fn() => new FakeManager(servers: ['a'], default: 'b'));
        self::assertInstanceOf(InvalidConfigurationException::class, $thrown);
        self::assertInstanceOf(InvalidConfigurationException::class, self::thrown(static fn() => new FakeManager(servers: [])->default()));
    }

    /** @param \Closure(): mixed $throws */
    private static function thrown(\Closure $throws): \Throwable
    {
        try {
            $throws();
        } catch (\Throwable $thrown) {
            return $thrown;
        }
        self::fail('nothing was thrown');
    }
}
