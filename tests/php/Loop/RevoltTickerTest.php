<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\ActionTimeoutException;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Loop\RevoltTicker;
use Apn\AmiClient\Loop\Ticker;
use Apn\AmiClient\ReentrancyException;
use Apn\AmiClient\SingleResponse;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use Revolt\EventLoop\Driver\StreamSelectDriver;

#[RequiresPhpExtension('apn_ami')]
final class RevoltTickerTest extends TickerTestCase
{
    private StreamSelectDriver $loop;

    public function test_fibers_wait_for_their_actions_beside_one_another(): void
    {
        $this->becomeReady();
        $said = [];
        $ask = function (string $name) use (&$said): void {
            for ($i = 1; $i <= 3; $i++) {
                $this->revolt()->await($this->manager->send(new GenericAction('Ping')));
                $said[] = "$name$i";
            }
        };
        $this->loop->queue($ask, 'a');
        $this->loop->queue($ask, 'b');
        $this->runUntil(static function () use (&$said): bool {
            return \count($said) === 6;
        });
        self::assertSame(['a1', 'b1', 'a2', 'b2', 'a3', 'b3'], $said);
    }

    public function test_what_an_action_fails_by_is_thrown_where_it_is_awaited(): void
    {
        $this->becomeReady();
        $thrown = null;
        $this->loop->queue(function () use (&$thrown): void {
            try {
                $this->revolt()->await($this->manager->send(new GenericAction('WaitEvent', ['Timeout' => '60'], new SingleResponse(100))));
            } catch (ActionTimeoutException $error) {
                $thrown = $error;
            }
        });
        $this->runUntil(static function () use (&$thrown): bool {
            return $thrown !== null;
        });
        self::assertInstanceOf(ActionTimeoutException::class, $thrown);
        self::assertSame(100, $thrown->timeoutMs());
    }

    public function test_a_listener_cannot_await_what_the_tick_it_holds_up_would_bring(): void
    {
        $this->becomeReady();
        $thrown = null;
        $this->manager->onEvent('UserEvent', function () use (&$thrown): void {
            try {
                $this->revolt()->await($this->manager->send(new GenericAction('Ping')));
            } catch (ReentrancyException $error) {
                $thrown = $error;
            }
        });
        $this->manager->send(new GenericAction('UserEvent', ['UserEvent' => 'One']));
        $this->runUntil(static function () use (&$thrown): bool {
            return $thrown !== null;
        });
        self::assertNotNull($thrown);
    }

    public function test_a_listener_that_suspends_holds_the_client_up_but_not_the_loop(): void
    {
        $this->becomeReady();
        $events = [];
        $this->manager->onEvent('UserEvent', function () use (&$events): void {
            $events[] = 'begins';
            $suspension = $this->loop->getSuspension();
            $this->loop->delay(0.2, static fn() => $suspension->resume());
            $suspension->suspend();
            $events[] = 'ends';
        });
        $this->manager->send(new GenericAction('UserEvent', ['UserEvent' => 'One']));
        $this->manager->send(new GenericAction('UserEvent', ['UserEvent' => 'Two']));
        $turns = 0;
        $this->loop->repeat(0.01, static function (string $id) use (&$turns, &$events): void {
            $turns += \count($events) % 2;
        });
        $this->runUntil(static function () use (&$events): bool {
            return \count($events) === 4;
        });
        self::assertSame(['begins', 'ends', 'begins', 'ends'], $events);
        self::assertGreaterThan(10, $turns);
        $pending = $this->manager->send(new GenericAction('Ping'));
        $this->runUntil($pending->isComplete(...));
        self::assertLessThan(60, $this->ticker->ticks);
    }

    protected function ticker(AmiClientManager $manager): Ticker
    {
        $this->loop = new StreamSelectDriver();

        return new RevoltTicker($manager, $this->loop);
    }

    protected function runLoop(): void
    {
        $this->loop->run();
    }

    protected function stopLoop(): void
    {
        $this->loop->stop();
    }

    protected function after(float $seconds, \Closure $then): void
    {
        // Loops give their callbacks arguments, which methods of the extension refuse.
        $this->loop->delay($seconds, static fn() => $then());
    }

    private function revolt(): RevoltTicker
    {
        self::assertInstanceOf(RevoltTicker::class, $this->ticker);

        return $this->ticker;
    }
}
