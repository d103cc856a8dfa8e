<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Tests\Support\Mode;
use Apn\AmiClient\Tests\Support\Simulator;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;
use Apn\AmiClient\Worker\StopReason;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

/** What a worker does besides ticking, and how it leaves. */
#[RequiresPhpExtension('apn_ami')]
final class ServicesTest extends TestCase
{
    private Records $log;

    protected function setUp(): void
    {
        $this->log = new Records();
    }

    public function test_a_service_is_started_before_anything_is_connected_polled_after_each_tick_and_finished_last(): void
    {
        $manager = self::manager();
        $service = new Recorder();
        $service->onPoll = static function (Recorder $service) use ($manager): null {
            self::assertSame($manager->server('nobody')->serverKey(), $service->manager?->default()->serverKey());

            return null;
        };
        $outcome = new Listener($manager, new Limits(ticks: 3), $this->log, tickTimeoutMs: 0)->with($service)->run();
        self::assertSame(['start', 'stop', 'finish'], $service->calls);
        self::assertGreaterThanOrEqual(3, $service->polls);
        self::assertTrue($outcome->isLossless());
        self::assertSame([], $this->log->of('a service of the worker threw; the others go on'));
    }

    public function test_a_service_that_throws_is_logged_with_a_count_and_polled_after_growing_pauses_and_others_go_on(): void
    {
        $clock = new StepClock();
        $broken = new Recorder('broken', ['poll', 'stop', 'finish']);
        $sound = new Recorder('sound');
        $listener = new Listener(self::manager(), new Limits(ticks: 100), $this->log, $clock, tickTimeoutMs: 0);
        $stats = [];
        $listener->with($broken, $sound)->onTick(static function () use ($clock, $listener, &$stats): void {
            $clock->seconds += 0.1;
            $stats = $listener->snapshot()['services'];
        });
        $outcome = $listener->run();
        self::assertSame(100, $outcome->ticks);
        self::assertGreaterThanOrEqual(100, $sound->polls);
        self::assertSame(['start', 'stop', 'finish'], $sound->calls);
        // In ten seconds: at 0, 0.1, 0.3, 0.7, 1.5, 3.1, 6.3; and in leaving, which has no time for pauses.
        self::assertSame(7 + $sound->polls - 100, $broken->polls);
        $told = $this->log->of('a service of the worker threw; the others go on');
        self::assertSame([1, 4, 2], \array_slice(array_column($told, 'times'), 0, 3));
        self::assertSame(['broken', 'poll'], [$told[0]['service'], $told[0]['method']]);
        self::assertInstanceOf(\DomainException::class, $told[0]['exception']);
        self::assertGreaterThanOrEqual(7, $stats['broken']['failures']);
        self::assertSame(0, $stats['sound']['failures']);
    }

    public function test_the_wish_of_a_service_shortens_the_next_tick(): void
    {
        $service = new Recorder();
        $service->onPoll = static fn(): int => 1;
        $listener = new Listener(self::silent($server), new Limits(seconds: 8.0), tickTimeoutMs: 250);
        // By ticks of 250 ms this would take 25 s.
        $outcome = $listener->with($service)->stopWhen(static fn(): bool => $service->polls >= 100, StopReason::Asked)->run();
        self::assertSame(StopReason::Asked, $outcome->reason);
    }

    public function test_what_a_service_throws_at_the_start_ends_it_before_anything_is_connected_and_those_before_it_are_finished(): void
    {
        $manager = self::manager();
        [$first, $second, $third] = [new Recorder('first'), new Recorder('second', ['start']), new Recorder('third')];
        try {
            new Listener($manager)->with($first, $second, $third)->run();
            self::fail('nothing was thrown');
        } catch (\DomainException $thrown) {
            self::assertSame('start of second', $thrown->getMessage());
        }
        self::assertSame([['start', 'stop', 'finish'], ['start'], []], [$first->calls, $second->calls, $third->calls]);
        self::assertSame(ConnectionState::Disconnected, $manager->server('nobody')->state());
    }

    public function test_two_services_of_one_name_are_refused_and_a_worker_with_services_runs_once(): void
    {
        $listener = new Listener(self::manager(), new Limits(ticks: 1), tickTimeoutMs: 0)->with(new Recorder('a'));
        try {
            $listener->with(new Recorder('a'));
            self::fail('nothing was thrown');
        } catch (InvalidConfigurationException $thrown) {
            self::assertStringContainsString('"a"', $thrown->getMessage());
        }
        $listener->run();
        $this->expectException(\LogicException::class);
        $listener->run();
    }

    public function test_leaving_waits_for_a_busy_service_and_counts_what_it_could_not_hand_on(): void
    {
        [$slow, $stuck] = [new Recorder('slow'), new Recorder('stuck')];
        $left = 5;
        $slow->onPoll = static function (Recorder $slow) use (&$left): null {
            $left -= \in_array('stop', $slow->calls, true) ? 1 : 0;

            return null;
        };
        $slow->busy = static function () use (&$left): bool {
            return $left > 0;
        };
        $outcome = new Listener(self::manager(), new Limits(ticks: 1), $this->log, tickTimeoutMs: 0)->with($slow)->run();
        self::assertSame([0, []], [$left, $outcome->lost]);

        $stuck->busy = static fn(): bool => true;
        $stuck->lost = ['events' => 7, 'answers' => 0];
        $outcome = new Listener(self::manager(), new Limits(ticks: 1), $this->log, tickTimeoutMs: 0, closeSeconds: 0.1)->with($stuck)->run();
        self::assertSame(['stuck' => ['events' => 7]], $outcome->lost);
        self::assertFalse($outcome->isLossless());
        self::assertSame(['stuck' => ['events' => 7]], $this->log->of('worker left something behind: its time to leave was over')[0]['lost']);
    }

    #[RequiresPhpExtension('posix')]
    public function test_a_second_signal_cuts_leaving_short(): void
    {
        $stuck = new Recorder();
        $stuck->busy = static fn(): bool => true;
        $stuck->onPoll = static function (Recorder $stuck): null {
            posix_kill(posix_getpid(), SIGTERM);

            return null;
        };
        $outcome = new Listener(self::manager(), tickTimeoutMs: 0, closeSeconds: 3600.0)->with($stuck)->run();
        self::assertSame(StopReason::Signal, $outcome->reason);
        self::assertContains('finish', $stuck->calls);
    }

    public function test_a_callback_that_throws_ends_it_without_a_goodbye_but_services_are_finished(): void
    {
        $service = new Recorder();
        $service->lost = ['events' => 2];
        $listener = new Listener(self::manager(), logger: $this->log)->with($service);
        try {
            $listener->onTick(static fn() => throw new \RangeException('enough'))->run();
            self::fail('nothing was thrown');
        } catch (\RangeException) {
        }
        self::assertSame(['start', 'stop', 'finish'], $service->calls);
        self::assertCount(1, $this->log->of('worker left something behind: it was ended by an exception'));
    }

    public function test_it_stops_for_a_restart_and_not_because_asking_fails(): void
    {
        $asked = 0;
        $listener = new Listener(self::manager(), new Limits(ticks: 50), $this->log, tickTimeoutMs: 0);
        $outcome = $listener
            ->stopWhen(static fn(): bool => throw new \UnexpectedValueException('the cache is down'))
            ->stopWhen(static function () use (&$asked): bool {
                return ++$asked === 3;
            })
            ->run();
        self::assertSame([StopReason::Restart, 3], [$outcome->reason, $outcome->ticks]);
        self::assertCount(1, $this->log->of('what may stop the worker threw; it goes on'));
        self::assertSame(2, $this->log->of('the same came up again after it was last logged')[0]['times']);
    }

    public function test_actions_under_way_are_answered_before_the_goodbye(): void
    {
        $simulator = self::simulator();
        $manager = self::of($simulator);
        $pending = null;
        $listener = new Listener($manager, new Limits(seconds: 10.0), tickTimeoutMs: 10);
        $outcome = $listener->onTick(static function () use ($manager, $listener, &$pending): void {
            if ($pending === null && $manager->default()->state() === ConnectionState::Ready) {
                // Its result is an event that comes when the call is refused.
                $pending = $manager->send(new GenericAction('Originate', ['Channel' => 'Local/1003@default', 'Application' => 'Wait', 'Data' => '1', 'Async' => 'true']));
                $listener->stop();
            }
        })->run();
        self::assertSame([StopReason::Asked, true], [$outcome->reason, $outcome->isOrderly()]);
        self::assertNotNull($pending);
        self::assertCount(1, $pending->events(), 'the OriginateResponse was waited for');
    }

    public function test_events_that_had_come_are_all_handed_out_in_leaving(): void
    {
        $simulator = self::simulator('--flood', '3000');
        $manager = self::of($simulator, ['max_events_per_tick' => 7, 'event_queue_capacity' => 10_000]);
        $heard = 0;
        $listener = new Listener($manager, new Limits(seconds: 10.0), tickTimeoutMs: 10, closeSeconds: 20.0);
        $manager->onAnyEvent(static function (AmiEvent $event) use (&$heard, $listener): void {
            if (++$heard === 1) {
                $listener->stop();
            }
        });
        $outcome = $listener->run();
        $counts = $manager->metrics()['servers'][array_key_first($simulator->nodes)];
        self::assertSame([true, true, 0], [$outcome->isOrderly(), $outcome->isLossless(), $counts['events_dropped']]);
        self::assertGreaterThan(7, $heard);
        self::assertSame($counts['events_queued'], $heard);
    }

    private static function simulator(string ...$arguments): Simulator
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('needs the simulator');
        }

        return new Simulator('-n', '1', '--calls', '0', ...$arguments);
    }

    /** @param array<string, mixed> $options */
    private static function of(Simulator $simulator, array $options = []): AmiClientManager
    {
        return AmiClientManager::fromConfig(['servers' => $simulator->servers(), 'options' => [...Mode::options(), ...$options]]);
    }

    private static function manager(int $port = 1): AmiClientManager
    {
        return AmiClientManager::fromConfig(['servers' => [
            'nobody' => ['host' => '127.0.0.1', 'port' => $port, 'username' => 'u', 'secret' => 's'],
        ], 'options' => Mode::options()]);
    }

    /** A server that accepts and never says a word: nothing ends the wait of a tick. */
    private static function silent(mixed &$server): AmiClientManager
    {
        $server = stream_socket_server('tcp://127.0.0.1:0');
        self::assertNotFalse($server);

        return self::manager((int) explode(':', (string) stream_socket_get_name($server, false))[1]);
    }
}
