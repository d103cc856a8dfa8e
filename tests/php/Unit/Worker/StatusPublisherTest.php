<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\Status\ListenerStatuses;
use Apn\AmiClient\Native\NativeManager;
use Apn\AmiClient\Tests\Support\Mode;
use Apn\AmiClient\Tests\Support\Simulator;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;
use Apn\AmiClient\Worker\StatusPublisher;
use Apn\AmiClient\Worker\StopReason;
use Apn\AmiClient\Worker\WorkerStatus;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

#[RequiresPhpExtension('apn_ami')]
final class StatusPublisherTest extends TestCase
{
    public function test_a_change_is_told_though_the_next_time_is_far_and_leaving_too_and_then_it_is_forgotten(): void
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('needs the simulator');
        }
        $simulator = new Simulator('-n', '2', '--calls', '0');
        $manager = AmiClientManager::fromConfig(['servers' => $simulator->servers(), 'options' => Mode::options()]);
        $listener = new Listener($manager, new Limits(seconds: 20.0), tickTimeoutMs: 10);
        /** @var list<WorkerStatus> $told */
        $told = [];
        /** @var list<string> $forgotten */
        $forgotten = [];
        $outcome = $listener->with(new StatusPublisher($listener, static function (WorkerStatus $status) use (&$told): void {
            $told[] = $status;
        }, static function (string $instance) use (&$forgotten): void {
            $forgotten[] = $instance;
        }, 3600.0))->stopWhen(static function () use (&$told): bool {
            return ($told[array_key_last($told) ?? 0] ?? null)?->cluster['usable'] === 2;
        }, StopReason::Asked)->run();
        self::assertSame(StopReason::Asked, $outcome->reason);
        self::assertSame(['active', 'leaving'], array_values(array_unique(array_map(static fn(WorkerStatus $status): string => $status->state, $told))));
        self::assertSame([$told[0]->instance], $forgotten);
        $last = $told[\count($told) - 1];
        $again = WorkerStatus::fromArray((array) json_decode((string) json_encode($last, \JSON_PRESERVE_ZERO_FRACTION), true));
        self::assertEquals($last, $again, 'as it went, it came');
        self::assertNull(WorkerStatus::fromArray(['instance' => 'of another version']));
    }

    public function test_where_nobody_keeps_it_the_worker_goes_on(): void
    {
        $manager = AmiClientManager::fromConfig(['servers' => [
            'nobody' => ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 's'],
        ], 'options' => Mode::options()]);
        $listener = new Listener($manager, new Limits(ticks: 200), $log = new Records(), tickTimeoutMs: 0);
        $tried = 0;
        $publisher = new StatusPublisher($listener, static function () use (&$tried): never {
            $tried++;
            throw new \RuntimeException('the cache is down');
        }, static fn() => self::fail('nothing is there to be forgotten'), 3600.0);
        self::assertSame(StopReason::Ticks, $listener->with($publisher)->run()->reason);
        self::assertSame([1, ['told' => 0, 'failed' => 1, 'slow' => 0]], [$tried, $publisher->stats()]);
        self::assertCount(1, $log->of('a service of the worker threw; the others go on'));
    }

    public function test_a_refusal_is_tried_again_in_time_and_what_takes_long_less_often_yet_before_the_worker_is_called_silent(): void
    {
        $manager = AmiClientManager::fromConfig(['servers' => [
            'nobody' => ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 's'],
        ], 'options' => Mode::options()]);
        $now = $takes = 0.0;
        /** @var \ArrayObject<int, float> $tried */
        $tried = new \ArrayObject();
        $publisher = new StatusPublisher(new Listener($manager), static function () use (&$now, &$takes, $tried): never {
            $tried->append($now);
            $now += $takes;
            throw new \RuntimeException('the cache is down');
        }, static fn() => self::fail('nothing is there to be forgotten'), 5.0, static function () use (&$now): float {
            return $now;
        });
        $publisher->start(new NativeManager($manager));
        $tries = static function (float $from, float $each, float $end) use ($publisher, &$now, &$takes, $tried): array {
            $takes = $each;
            $tried->exchangeArray([]);
            for ($now = $from; $now < $end; $now += 0.5) {
                try {
                    $publisher->poll();
                } catch (\RuntimeException) {
                }
            }

            return $tried->getArrayCopy();
        };

        self::assertSame([1_000.0, 1_005.0, 1_010.0], $tries(1_000.0, 0.0, 1_011.0));
        self::assertSame([2_000.0, 2_011.0], $tries(2_000.0, 1.0, 2_012.0), 'ten times as long as it took');
        self::assertSame([3_000.0, 3_019.0], $tries(3_000.0, 4.0, 3_020.0));
        self::assertGreaterThan(19.0 + 4.0, ListenerStatuses::silentAfter(5.0));
    }
}
