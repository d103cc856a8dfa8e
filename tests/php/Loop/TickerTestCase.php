<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\ActionTimeoutException;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Loop\Ticker;
use Apn\AmiClient\SingleResponse;
use Apn\AmiClient\Tests\Support\Mode;
use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\TestCase;
use Psr\Clock\ClockInterface;

/** What every loop has to do, whichever it is. */
abstract class TickerTestCase extends TestCase
{
    /** Only a failing test takes so long. */
    private const float PATIENCE = 10.0;

    protected Simulator $simulator;

    protected AmiClientManager $manager;

    protected Ticker $ticker;

    protected function setUp(): void
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('there is no simulator: cargo build -p ami-simulator');
        }
        $this->simulator = new Simulator('--nodes', '1', '--calls', '0');
        $this->manager = AmiClientManager::fromConfig(['servers' => $this->simulator->servers(), 'options' => $this->options() + Mode::options()]);
        $this->ticker = $this->ticker($this->manager);
    }

    protected function tearDown(): void
    {
        if (isset($this->ticker)) {
            $this->ticker->stop();
            // PHPUnit keeps this object, and with it the manager.
            $this->manager->registerSignalHandlers(null);
        }
    }

    abstract protected function ticker(AmiClientManager $manager): Ticker;

    /** Runs the loop until somebody stops it. */
    abstract protected function runLoop(): void;

    abstract protected function stopLoop(): void;

    /** @param \Closure(): void $then */
    abstract protected function after(float $seconds, \Closure $then): void;

    public function test_events_come_and_actions_end(): void
    {
        $heard = [];
        $this->manager->onEvent('UserEvent', static function (AmiEvent $event) use (&$heard): void {
            $heard[] = $event->get('Number');
        });
        $this->becomeReady();
        $client = $this->manager->default();
        // One after the other, each sent from the callback of the one before: out of the loop's own turn.
        $send = function (int $number) use (&$send, $client): void {
            $client->send(new GenericAction('UserEvent', ['UserEvent' => 'Count', 'Number' => (string) $number]))->onComplete(
                fn() => $number === 20 ? null : $this->after(0, fn() => $send($number + 1)),
            );
        };
        $this->after(0, static fn() => $send(1));
        $this->runUntil(static function () use (&$heard): bool {
            return \count($heard) === 20;
        });
        self::assertSame(array_map(strval(...), range(1, 20)), $heard);
    }

    public function test_an_action_times_out_on_time(): void
    {
        $this->becomeReady();
        $error = null;
        $began = hrtime(true);
        $this->after(0, function () use (&$error): void {
            $pending = $this->manager->send(new GenericAction('WaitEvent', ['Timeout' => '60'], new SingleResponse(150)));
            $pending->onComplete(static function (?\Throwable $thrown) use (&$error): void {
                $error = $thrown;
            });
        });
        $this->runUntil(static function () use (&$error): bool {
            return $error !== null;
        });
        self::assertInstanceOf(ActionTimeoutException::class, $error);
        self::assertGreaterThanOrEqual(0.15, (hrtime(true) - $began) / 1e9);
        self::assertLessThan(2.0, (hrtime(true) - $began) / 1e9);
    }

    public function test_a_lost_connection_comes_back(): void
    {
        $this->becomeReady();
        $this->after(0, function (): void {
            $this->manager->send(new GenericAction('Logoff'));
        });
        $this->runUntil(fn(): bool => $this->manager->default()->health()['sessions'] === 2);
        self::assertSame(ConnectionState::Ready, $this->manager->default()->state());
    }

    public function test_an_idle_loop_ticks_for_heartbeats_only_and_keeps_its_own_time(): void
    {
        $this->becomeReady();
        $before = $this->ticker->ticks;
        $late = [];
        $began = hrtime(true);
        foreach (range(1, 10) as $tenth) {
            $this->after($tenth / 10, static function () use (&$late, $began, $tenth): void {
                $late[] = (hrtime(true) - $began) / 1e9 - $tenth / 10;
            });
        }
        $this->runUntil(static function () use (&$late): bool {
            return \count($late) === 10;
        });
        // Two heartbeats, each with a tick for its time, one for its answer, and a timer that was set before that.
        self::assertLessThanOrEqual(10, $this->ticker->ticks - $before);
        self::assertSame(ConnectionState::Ready, $this->manager->default()->state());
        sort($late);
        self::assertLessThan(0.05, $late[5], 'the loop\'s own timers');
    }

    public function test_a_flood_leaves_other_timers_their_turn(): void
    {
        $events = 0;
        $this->manager->onEvent('UserEvent', static function () use (&$events): void {
            $events++;
        });
        $this->becomeReady();
        $timers = 0;
        $this->after(0, function () use (&$timers, &$events): void {
            for ($i = 0; $i < 200; $i++) {
                $this->manager->send(new GenericAction('UserEvent', ['UserEvent' => 'Flood']));
            }
            $again = function () use (&$again, &$timers, &$events): void {
                if ($events < 200) {
                    $timers++;
                    $this->after(0, $again);
                }
            };
            $this->after(0, $again);
        });
        $this->runUntil(static function () use (&$events): bool {
            return $events === 200;
        });
        // Five events a tick: what is left is no reason to keep the loop.
        self::assertGreaterThanOrEqual(20, $timers);
    }

    public function test_closing_says_goodbye_and_leaves_the_loop_which_then_ends_by_itself(): void
    {
        $this->becomeReady();
        $this->after(0, $this->ticker->close(...));
        $this->runLoop();
        self::assertSame(ConnectionState::Disconnected, $this->manager->default()->state());
        self::assertNull($this->manager->nextTimerMs());
    }

    public function test_a_manager_that_shuts_down_because_of_its_memory_limit_leaves_the_loop(): void
    {
        $this->manager = AmiClientManager::fromConfig(['servers' => $this->simulator->servers(), 'options' => ['memory_limit' => 128 << 20]]);
        $this->ticker = $this->ticker($this->manager);
        $this->becomeReady();
        $leak = str_repeat('x', 128 << 20);
        $this->runLoop();
        unset($leak);
        self::assertStringStartsWith('memory_limit: ', (string) $this->manager->shutdownReason());
        self::assertSame(ConnectionState::Disconnected, $this->manager->default()->state());
    }

    public function test_one_that_is_stopped_does_nothing_and_goes_on_when_started_again(): void
    {
        $this->becomeReady();
        $this->ticker->stop();
        $ticks = $this->ticker->ticks;
        $pending = $this->manager->send(new GenericAction('Ping'));
        $this->after(0.05, static fn() => null);
        $this->runLoop();
        self::assertSame($ticks, $this->ticker->ticks);
        $this->ticker->start();
        $this->runUntil($pending->isComplete(...));
        self::assertSame('Pong', $pending->response()?->get('Ping'));
    }

    public function test_a_signal_is_told_while_the_loop_sleeps(): void
    {
        $told = null;
        $this->becomeReady();
        $this->manager->registerSignalHandlers(function (int $signal) use (&$told): void {
            $told = $signal;
            $this->ticker->close();
        });
        $this->after(0, static function (): void {
            // From another process, and later: by then the loop sleeps.
            exec('(sleep 0.1; kill -TERM ' . getmypid() . ') >/dev/null 2>&1 &');
        });
        $this->runLoop();
        self::assertSame(15, $told);
        self::assertSame(ConnectionState::Disconnected, $this->manager->default()->state());
    }

    public function test_what_a_tick_throws_is_the_loops_affair_and_the_next_tick_comes(): void
    {
        $clock = new class implements ClockInterface {
            public bool $throws = false;

            public function now(): \DateTimeImmutable
            {
                return $this->throws ? throw new \DomainException('no time') : new \DateTimeImmutable();
            }
        };
        $this->manager = AmiClientManager::fromConfig(['servers' => $this->simulator->servers(), 'options' => Mode::options()], clock: $clock);
        $this->ticker = $this->ticker($this->manager);
        $this->becomeReady();
        $clock->throws = true;
        $pending = $this->manager->send(new GenericAction('Ping'));
        $thrown = null;
        try {
            $this->runLoop();
        } catch (\Throwable $error) {
            $thrown = $error->getPrevious() ?? $error;
        }
        self::assertInstanceOf(\DomainException::class, $thrown);
        $clock->throws = false;
        $this->runUntil($pending->isComplete(...));
        self::assertSame('Pong', $pending->response()?->get('Ping'));
    }

    public function test_starting_and_stopping_twice_is_as_good_as_once(): void
    {
        $this->ticker->start()->start();
        $this->ticker->stop();
        $this->ticker->stop();
        $this->after(0, static fn() => null);
        $this->runLoop();
        self::assertSame(0, $this->ticker->ticks);
    }

    protected function becomeReady(): void
    {
        $this->ticker->start();
        $this->after(0, $this->manager->connectAll(...));
        $this->runUntil(fn(): bool => $this->manager->default()->state() === ConnectionState::Ready);
    }

    /** @param \Closure(): bool $holds */
    protected function runUntil(\Closure $holds): void
    {
        $deadline = hrtime(true) + self::PATIENCE * 1e9;
        $look = function () use (&$look, $holds, $deadline): void {
            if ($holds() || hrtime(true) > $deadline) {
                $this->stopLoop();
            } else {
                $this->after(0.002, $look);
            }
        };
        $this->after(0, $look);
        $this->runLoop();
        self::assertTrue($holds(), 'not in time');
    }

    /** @return array<string, mixed> */
    private function options(): array
    {
        return ['heartbeat_interval' => 0.5, 'max_events_per_tick' => 5];
    }
}
