<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\Mode;
use Apn\AmiClient\Tests\Support\Simulator;
use Apn\AmiClient\Worker\Complaints;
use Apn\AmiClient\Worker\Duty;
use Apn\AmiClient\Worker\LastSign;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;
use Apn\AmiClient\Worker\Services;
use Apn\AmiClient\Worker\StopReason;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

/** A worker that is connected only while it is the one at work. */
#[RequiresPhpExtension('apn_ami')]
final class StandbyTest extends TestCase
{
    private Simulator $simulator;

    private AmiClientManager $manager;

    private Reign $reign;

    private Recorder $service;

    private Records $log;

    private Listener $listener;

    protected function setUp(): void
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('needs the simulator');
        }
        $this->simulator = new Simulator('-n', '2', '--calls', '0');
        $this->manager = AmiClientManager::fromConfig(['servers' => $this->simulator->servers(), 'options' => Mode::options()]);
        [$this->reign, $this->service, $this->log] = [new Reign(), new Recorder(), new Records()];
        $this->listener = new Listener($this->manager, new Limits(seconds: 20.0), $this->log, tickTimeoutMs: 10)
            ->with($this->service)->onlyWhile($this->reign);
    }

    public function test_standing_by_nothing_is_connected_and_services_are_told_and_polled(): void
    {
        $this->steps(
            fn(): bool => $this->service->polls >= 20,
            function (): void {
                self::assertSame('standby', $this->listener->snapshot()['state']);
                self::assertSame([ConnectionState::Disconnected, ConnectionState::Disconnected], $this->states());
                self::assertSame(['start', 'standBy'], $this->service->calls);
            },
        );
        self::assertSame(0, array_sum(array_column($this->manager->health(), 'sessions')));
        self::assertSame(0, $this->reign->released, 'it had nothing to release');
        self::assertCount(1, $this->log->of('worker stands by: another one is at work, or may be'));
    }

    public function test_taking_over_it_connects_and_tells_each_servers_gap_once(): void
    {
        $from = microtime(true) - 5.0;
        $this->reign->before = new LastSign('pbx-a:17', $from, false);
        /** @var list<ConnectionGap> $told */
        $told = [];
        $this->listener->onTakeover(static function (ConnectionGap $gap) use (&$told): void {
            $told[] = $gap;
        });
        $this->steps(
            fn(): bool => $this->service->polls >= 3,
            function (): void {
                $this->reign->isMine = true;
            },
            fn(): bool => $this->areReady() && \count($this->service->gaps) >= 2,
            fn(): int => $this->service->polls = 0,
            fn(): bool => $this->service->polls >= 30,
        );
        self::assertSame(array_keys($this->simulator->nodes), array_map(static fn(ConnectionGap $gap): string => $gap->serverKey, $this->sorted($this->service->gaps)));
        foreach ($told as $gap) {
            self::assertSame(['takeover', $from], [$gap->reason, $gap->from]);
            self::assertGreaterThan($from + 5.0, $gap->to);
            self::assertStringContainsString('pbx-a:17', $gap->message);
        }
        self::assertCount(2, $told);
        self::assertCount(2, $this->log->of('events of a server were missed between two workers'));
        self::assertSame(['start', 'standBy', 'takeOver', 'onTakeover', 'onTakeover', 'stop', 'finish'], $this->service->calls);
        self::assertSame(1, $this->reign->released);
        self::assertSame(0.0, $this->reign->backlog);
    }

    public function test_losing_it_cuts_the_connections_at_once_and_coming_back_it_connects_again(): void
    {
        $this->reign->isMine = true;
        $this->steps(
            $this->areReady(...),
            function (): void {
                $this->reign->isMine = false;
            },
            fn(): bool => $this->listener->snapshot()['state'] === 'standby',
            function (): void {
                self::assertSame([ConnectionState::Disconnected, ConnectionState::Disconnected], $this->states());
                $this->reign->isMine = true;
            },
            $this->areReady(...),
        );
        self::assertSame(['start', 'standBy', 'takeOver', 'standBy', 'takeOver', 'stop', 'finish'], $this->service->calls);
        self::assertCount(1, $this->log->of('worker lost its leadership: its connections are cut, and it stands by'));
    }

    public function test_one_that_leaves_takes_nothing_over_any_more(): void
    {
        $this->reign->isMine = true;
        $this->service->onPoll = function (Recorder $service): null {
            // While an answer is waited for.
            $this->reign->isFickle = \in_array('stop', $service->calls, true);

            return null;
        };
        $this->steps($this->areReady(...), function (): void {
            // The call stays: its OriginateResponse comes when it rings no more.
            $this->manager->default()->send(new GenericAction('Originate', ['Channel' => 'Local/1005@default', 'Application' => 'Wait', 'Async' => 'true', 'Timeout' => '20000']));
        });
        self::assertSame(['start', 'standBy', 'takeOver', 'stop', 'standBy', 'finish'], $this->service->calls);
        self::assertSame([1, 1], array_column($this->manager->health(), 'sessions'));
    }

    public function test_who_cannot_know_whether_it_is_held_has_lost_it(): void
    {
        $this->reign->isMine = true;
        $this->steps(
            $this->areReady(...),
            function (): void {
                [$this->reign->trouble, $this->reign->isMine] = [new \RuntimeException('the store is down'), false];
            },
            fn(): bool => $this->listener->snapshot()['state'] === 'standby',
            fn() => self::assertSame([ConnectionState::Disconnected, ConnectionState::Disconnected], $this->states()),
        );
        self::assertInstanceOf(\RuntimeException::class, $this->log->of('the worker could not keep its leadership')[0]['exception']);
    }

    public function test_at_the_end_of_the_lease_connections_are_cut_though_nobody_has_asked_whether_it_is_held(): void
    {
        [$this->reign->isMine, $this->reign->leaseSeconds] = [true, 3600.0];
        $this->steps(
            $this->areReady(...),
            function (): void {
                // As if the time had passed within a listener.
                $this->manager->lease(0);
            },
            fn(): bool => $this->states() === [ConnectionState::Disconnected, ConnectionState::Disconnected],
        );
        self::assertSame([1, 1], array_column($this->manager->health(), 'sessions'));
    }

    public function test_a_lease_that_is_prolonged_at_its_very_end_counts_as_lost(): void
    {
        $now = 100.0;
        $clock = static function () use (&$now): float {
            return $now;
        };
        $complaints = new Complaints($clock, null);
        $duty = new Duty($this->manager, new Services($clock, $complaints), $complaints, $clock, $this->reign);
        [$this->reign->isMine, $this->reign->leaseSeconds] = [true, 2.0];
        $duty->begin();
        $now += 1.9;
        $duty->check();
        self::assertTrue($duty->isAtWork());
        $now += 1.99;
        $duty->check();
        self::assertFalse($duty->isAtWork(), 'the connections may be cut already');
    }

    public function test_a_callback_that_takes_longer_than_the_lease_costs_the_connections_and_not_the_order_of_things(): void
    {
        [$this->reign->isMine, $this->reign->leaseSeconds] = [true, 0.3];
        $isBackground = (Mode::options()['io'] ?? 'inline') === 'background';
        $this->steps(
            $this->areReady(...),
            function () use ($isBackground): void {
                $began = hrtime(true) / 1e9;
                // Nothing of PHP runs but this. A thread cuts; where there is none, nothing is read any more.
                while (hrtime(true) / 1e9 < $began + ($isBackground && $this->areReady() ? 20.0 : 0.4)) {
                }
                self::assertSame(!$isBackground, $this->areReady());
            },
            fn(): bool => $this->log->of('worker lost its leadership: its connections are cut, and it stands by') !== [],
            // Once more where the machine is so busy that it came too late again.
            $this->areReady(...),
        );
        self::assertSame(['start', 'standBy', 'takeOver', 'standBy', 'takeOver'], \array_slice($this->service->calls, 0, 5));
        self::assertGreaterThanOrEqual(4, array_sum(array_column($this->manager->health(), 'sessions')));
    }

    public function test_a_callback_that_throws_leaves_nothing_open_and_the_leadership_to_others(): void
    {
        $this->reign->isMine = true;
        try {
            $this->steps($this->areReady(...), static fn() => throw new \RangeException('enough'));
            self::fail('nothing was thrown');
        } catch (\RangeException) {
        }
        self::assertSame([1, [ConnectionState::Disconnected, ConnectionState::Disconnected]], [$this->reign->released, $this->states()]);
    }

    /** Runs the worker; each step that gives false is asked again after the next tick. */
    private function steps(\Closure ...$steps): void
    {
        $outcome = $this->listener->onTick(function () use (&$steps): void {
            while ($steps !== [] && ($steps[array_key_first($steps)])() !== false) {
                array_shift($steps);
            }
            if ($steps === []) {
                $this->listener->stop();
            }
        })->run();
        self::assertSame(StopReason::Asked, $outcome->reason, \count($steps) . ' steps are left');
        self::assertTrue($outcome->isOrderly());
    }

    /** @return list<ConnectionState> */
    private function states(): array
    {
        return array_column($this->manager->health(), 'state');
    }

    private function areReady(): bool
    {
        return $this->states() === [ConnectionState::Ready, ConnectionState::Ready];
    }

    /**
     * @param list<ConnectionGap> $gaps
     *
     * @return list<ConnectionGap>
     */
    private function sorted(array $gaps): array
    {
        usort($gaps, static fn(ConnectionGap $a, ConnectionGap $b): int => $a->serverKey <=> $b->serverKey);

        return $gaps;
    }
}
