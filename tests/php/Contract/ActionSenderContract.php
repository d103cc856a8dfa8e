<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Contract;

use Apn\AmiClient\ActionCancelledException;
use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\Actions\Command;
use Apn\AmiClient\Actions\CoreShowChannels;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\ActionTimeoutException;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\Contracts\ActionSender;
use Apn\AmiClient\Contracts\PendingAction;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\OriginateFailedException;
use Apn\AmiClient\SingleResponse;
use PHPUnit\Framework\TestCase;

/**
 * What every ActionSender does, whatever is behind it. What answers is a node of the simulator, or answers like one.
 */
abstract class ActionSenderContract extends TestCase
{
    /** Longer than any answer takes on a busy machine. */
    protected const int SOON_MS = 10_000;

    /** A sender that is ready: the same one within a test. */
    abstract protected function sender(): ActionSender;

    /** From now on the server does not answer this action. */
    abstract protected function mute(string $action): void;

    public function test_call_gives_the_response(): void
    {
        $response = $this->sender()->call(new Ping());
        self::assertSame('Success', $response->status);
        self::assertTrue($response->isSuccess());
        self::assertSame('Pong', $response->get('ping'));
    }

    public function test_an_error_response_is_thrown_with_what_the_server_said(): void
    {
        try {
            $this->sender()->call(new GenericAction('Nonsense'));
            self::fail('nothing was thrown');
        } catch (ActionErrorResponseException $error) {
            self::assertSame('Nonsense', $error->actionName());
            self::assertSame('Error', $error->response()->status);
            self::assertStringContainsString('Invalid/unknown command', $error->getMessage());
            self::assertStringContainsString('Invalid/unknown command', (string) $error->response()->message());
        }
    }

    public function test_send_waits_for_nothing_and_await_gives_what_call_would(): void
    {
        $pending = $this->sender()->send(new Ping());
        self::assertFalse($pending->isComplete());
        self::assertNull($pending->response());
        self::assertNull($pending->error());
        self::assertSame([], $pending->events());
        self::assertNotSame('', $pending->actionId());
        $response = $pending->await(self::SOON_MS);
        self::assertTrue($pending->isComplete());
        self::assertSame($response->raw(), $pending->response()?->raw());
        self::assertNull($pending->error());
        self::assertSame('Pong', $pending->await()->get('Ping'));
    }

    public function test_actions_that_are_under_way_together_get_each_its_own_answer(): void
    {
        $sender = $this->sender();
        $good = [];
        for ($place = 0; $place < 5; $place++) {
            $good[] = $sender->send(new Ping());
        }
        $bad = $sender->send(new GenericAction('Nonsense'));
        foreach (array_reverse($good) as $pending) {
            self::assertSame('Pong', $pending->await(self::SOON_MS)->get('Ping'));
        }
        self::assertInstanceOf(ActionErrorResponseException::class, $this->failure($bad));
        self::assertCount(6, array_unique(array_map(static fn(PendingAction $one): string => $one->actionId(), [...$good, $bad])));
    }

    public function test_callbacks_are_called_once_in_their_order_and_later_ones_at_once(): void
    {
        /** @var \ArrayObject<int, mixed> $told */
        $told = new \ArrayObject();
        $pending = $this->sender()->send(new Ping());
        $same = $pending
            ->onComplete(static fn(?\Throwable $error, ?AmiResponse $response, array $events) => $told->append(['first', $error, $response?->status, $events]))
            ->onComplete(static fn() => $told->append('second'));
        self::assertSame($pending, $same);
        self::assertCount(0, $told);
        $pending->await(self::SOON_MS);
        self::assertSame([['first', null, 'Success', []], 'second'], $told->getArrayCopy());
        $pending->onComplete(static fn() => $told->append('third'));
        self::assertSame('third', $told[2]);
        $pending->await();
        self::assertCount(3, $told);
    }

    public function test_a_callback_gets_the_error_of_an_action_that_failed_and_its_response(): void
    {
        $told = null;
        $pending = $this->sender()->send(new GenericAction('Nonsense'));
        $pending->onComplete(function (?\Throwable $error, ?AmiResponse $response) use (&$told): void {
            $told = [$error, $response?->status];
        });
        $failure = $this->failure($pending);
        self::assertInstanceOf(ActionErrorResponseException::class, $failure);
        self::assertSame($failure, $pending->error());
        self::assertSame([$failure, 'Error'], $told);
    }

    public function test_a_list_has_its_events_in_order_and_its_end(): void
    {
        $pending = $this->sender()->send(new CoreShowChannels());
        $response = $pending->await(self::SOON_MS);
        self::assertSame('start', $response->get('EventList'));
        $events = $pending->events();
        $end = self::last($events);
        self::assertSame('CoreShowChannelsComplete', $end->name);
        self::assertSame((string) (\count($events) - 1), $end->get('ListItems'));
        foreach ($events as $event) {
            self::assertSame($pending->actionId(), $event->get('ActionID'));
        }
    }

    public function test_an_action_without_a_strategy_gets_the_list_that_its_response_announces(): void
    {
        $pending = $this->sender()->send(new GenericAction('CoreShowChannels'));
        $pending->await(self::SOON_MS);
        self::assertSame('CoreShowChannelsComplete', self::last($pending->events())->name);
    }

    public function test_a_single_response_waits_for_no_list(): void
    {
        $pending = $this->sender()->send(new GenericAction('CoreShowChannels', completionStrategy: new SingleResponse()));
        self::assertSame('start', $pending->await(self::SOON_MS)->get('EventList'));
        self::assertSame([], $pending->events());
    }

    public function test_a_command_has_output(): void
    {
        $response = $this->sender()->call(new Command('core show version'));
        self::assertCount(1, $response->output());
        self::assertStringStartsWith('Asterisk ', $response->output()[0]);
    }

    public function test_an_originate_ends_with_the_result_of_its_call(): void
    {
        $good = $this->sender()->send($this->originate('Local/1000@default'));
        $good->await(self::SOON_MS);
        self::assertSame(['OriginateResponse'], array_map(static fn(AmiEvent $event): string => $event->name, $good->events()));

        $busy = $this->failure($this->sender()->send($this->originate('Local/1003@default')));
        self::assertInstanceOf(OriginateFailedException::class, $busy);
        self::assertSame(5, $busy->reason());
        self::assertSame('Failure', $busy->result()->get('Response'));
        self::assertTrue($busy->response()->isSuccess());
    }

    public function test_what_is_not_answered_in_its_time_fails(): void
    {
        $this->mute('Ping');
        $pending = $this->sender()->send(new GenericAction('Ping', completionStrategy: new SingleResponse(maxDurationMs: 100)));
        $failure = $this->failure($pending);
        self::assertInstanceOf(ActionTimeoutException::class, $failure);
        self::assertSame(100, $failure->timeoutMs());
        self::assertNull($pending->response());
    }

    public function test_a_wait_that_is_too_short_leaves_the_action_alone(): void
    {
        $this->mute('Ping');
        $pending = $this->sender()->send(new Ping());
        try {
            $pending->await(20);
            self::fail('nothing was thrown');
        } catch (ActionTimeoutException $tooShort) {
            self::assertSame(20, $tooShort->timeoutMs());
        }
        self::assertFalse($pending->isComplete());
        self::assertTrue($pending->cancel());
    }

    public function test_a_call_is_given_up_when_its_time_is_over(): void
    {
        $this->mute('Ping');
        $this->expectException(ActionTimeoutException::class);
        $this->sender()->call(new Ping(), 50);
    }

    public function test_a_cancelled_action_fails_at_once_and_only_once(): void
    {
        $told = 0;
        // Muted: else the answer may be here already, and only untold.
        $this->mute('Ping');
        $pending = $this->sender()->send(new Ping());
        $pending->onComplete(function () use (&$told): void {
            $told++;
        });
        self::assertTrue($pending->cancel());
        self::assertTrue($pending->isComplete());
        self::assertInstanceOf(ActionCancelledException::class, $pending->error());
        self::assertFalse($pending->cancel());
        $this->sender()->call(new Command('core show version'));
        self::assertSame(1, $told);
    }

    public function test_what_has_ended_cannot_be_cancelled(): void
    {
        $pending = $this->sender()->send(new Ping());
        $pending->await(self::SOON_MS);
        self::assertFalse($pending->cancel());
        self::assertNull($pending->error());
    }

    public function test_a_negative_time_is_refused_before_anything_is_sent(): void
    {
        try {
            $this->sender()->call(new Ping(), -1);
            self::fail('nothing was thrown');
        } catch (InvalidConfigurationException $error) {
            self::assertSame('timeoutMs', $error->key());
        }
    }

    /** What an action fails with. */
    final protected function failure(PendingAction $pending): AmiException
    {
        try {
            $pending->await(self::SOON_MS);
        } catch (AmiException $error) {
            return $error;
        }
        self::fail('the action did not fail');
    }

    /** @param list<AmiEvent> $events */
    final protected static function last(array $events): AmiEvent
    {
        return $events[array_key_last($events) ?? self::fail('there are no events')];
    }

    final protected function originate(string $channel): Originate
    {
        return new Originate(channel: $channel, application: 'Wait', data: '1', timeout: 5_000);
    }
}
