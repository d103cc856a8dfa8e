<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Standby;

use Apn\AmiClient\Laravel\Standby\CacheLeadership;
use Apn\AmiClient\Tests\Unit\Worker\Records;
use Illuminate\Cache\ArrayStore;
use Illuminate\Cache\Repository;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\TestCase;

/** In a time that only the tests move. */
#[Group('slow')]
final class CacheLeadershipTest extends TestCase
{
    private const float STEP = 0.1;

    private float $now = 1000.0;

    private Repository $cache;

    protected function setUp(): void
    {
        $this->cache = new Repository(new ArrayStore());
    }

    /** @return iterable<string, array{int}> */
    public static function times(): iterable
    {
        yield 'the least' => [CacheLeadership::LEAST_SECONDS];
        yield 'the default' => [15];
        yield 'a minute' => [60];
    }

    #[DataProvider('times')]
    public function test_one_is_at_work_for_ever_and_the_other_waits(int $seconds): void
    {
        [$a, $b] = [$this->peer($seconds), $this->peer($seconds)];
        $this->pass(3.0 * $seconds, $a, $b);
        self::assertSame([true, false], [$a->isAtWork, $b->isAtWork]);
    }

    #[DataProvider('times')]
    public function test_another_takes_over_from_one_that_died_within_the_time_and_not_before_that_one_would_have_stopped(int $seconds): void
    {
        foreach ([0.0, 1.3, 3.7] as $more) {
            $this->cache = new Repository(new ArrayStore());
            [$a, $b] = [$this->peer($seconds), $this->peer($seconds)];
            $this->pass($seconds + $more, $a, $b);
            // It is not dead but stopped, and asks the next time when somebody else is at work.
            $died = $this->now;
            $mayWork = $a->leadership->leaseSeconds();
            while (!$b->isAtWork) {
                $this->pass(self::STEP, $b);
                self::assertLessThanOrEqual($seconds, $this->now - $died);
            }
            self::assertGreaterThan($mayWork, $this->now - $died);
            $a->check();
            self::assertFalse($a->isAtWork);
        }
    }

    public function test_a_clock_that_is_ahead_takes_nothing_away_from_one_at_work(): void
    {
        // The array store goes by the wall clock of whoever asks, as do files and databases.
        [$a, $b] = [$this->peer(15), $this->peer(15, 3600.0)];
        $this->pass(100.0, $a, $b);
        self::assertSame([true, false], [$a->isAtWork, $b->isAtWork]);
        $died = $this->now;
        $this->pass(15.0, $b);
        self::assertTrue($b->isAtWork);
        self::assertGreaterThan(0.0, $died);
    }

    public function test_who_leaves_hands_over_at_once_and_says_until_when_it_had_handed_on(): void
    {
        [$a, $b] = [$this->peer(15), $this->peer(15)];
        $this->pass(5.0, $a, $b);
        $a->leave(2.0);
        $left = microtime(true);
        $this->pass(1.0, $b);
        self::assertTrue($b->isAtWork);
        $sign = $b->leadership->lastSign();
        self::assertNotNull($sign);
        self::assertSame([true, false, gethostname() . ':' . getmypid()], [$sign->isOrderly, $sign->isEstimated, $sign->worker]);
        // It was seen at most a try after it left, and half a second of the test's time passed then.
        self::assertLessThanOrEqual($left - 2.0, $sign->from);
        self::assertGreaterThan($left - 5.0, $sign->from);
    }

    public function test_who_leaves_when_another_one_is_at_work_says_nothing_of_that_one(): void
    {
        [$a, $b] = [$this->peer(15), $this->peer(15)];
        $this->pass(5.0, $a, $b);
        $this->pass(20.0, $b);
        self::assertTrue($b->isAtWork);
        $sign = $this->cache->get('standby:sign');
        $a->leave(0.0);
        self::assertSame($sign, $this->cache->get('standby:sign'));
        $this->pass(5.0, $b);
        self::assertTrue($b->isAtWork);
    }

    public function test_the_first_of_all_knows_of_nobody_before(): void
    {
        $a = $this->peer(15);
        $this->pass(5.0, $a);
        self::assertTrue($a->isAtWork);
        self::assertNull($a->leadership->lastSign());
    }

    public function test_one_that_starts_after_the_other_died_goes_by_its_own_words(): void
    {
        $a = $this->peer(15);
        $this->pass(5.0, $a);
        $this->now += 3600.0;
        $b = $this->peer(15);
        $this->pass(20.0, $b);
        self::assertTrue($b->isAtWork);
        self::assertEqualsWithDelta(microtime(true), $b->leadership->lastSign()?->from, 60.0);
        self::assertFalse($b->leadership->lastSign()?->isOrderly);
    }

    public function test_a_store_that_is_down_for_long_ends_it_in_time_and_is_logged_once(): void
    {
        $log = new Records();
        $a = $this->peer(15, log: $log);
        $this->pass(5.0, $a);
        $lease = $a->leadership->leaseSeconds();
        $a->trouble(static fn() => throw new \RuntimeException('connection refused'));
        $this->pass($lease - 0.5, $a);
        self::assertTrue($a->isAtWork);
        $this->pass(1.0, $a);
        self::assertFalse($a->isAtWork);
        self::assertCount(1, $log->all);
        self::assertInstanceOf(\RuntimeException::class, $log->all[0][1]['exception']);
        $a->trouble(null);
        $this->pass(15.0, $a);
        self::assertTrue($a->isAtWork);
        self::assertNull($a->leadership->lastSign(), 'what it missed itself is told elsewhere');
    }

    public function test_an_answer_that_comes_after_the_end_is_no_prolonging(): void
    {
        $a = $this->peer(15);
        $this->pass(5.0, $a);
        $a->trouble(function (): void {
            $this->now += 20.0;
        });
        $this->pass(8.0, $a);
        self::assertFalse($a->isAtWork);
    }

    public function test_a_cache_that_was_cleared_changes_nothing(): void
    {
        [$a, $b] = [$this->peer(15), $this->peer(15)];
        $this->pass(20.0, $a, $b);
        $this->clear();
        $this->pass(60.0, $b, $a);
        self::assertSame([true, false], [$a->isAtWork, $b->isAtWork]);
    }

    #[DataProvider('times')]
    public function test_one_that_starts_just_after_the_cache_was_cleared_does_not_join_the_one_at_work(int $seconds): void
    {
        $a = $this->peer($seconds);
        $this->pass(20.0, $a);
        $this->clear();
        $b = $this->peer($seconds);
        for ($end = $this->now + 3.0 * $seconds; $this->now < $end;) {
            $this->pass(self::STEP, $b, $a);
            self::assertSame([true, false], [$a->isAtWork, $b->isAtWork]);
        }
    }

    public function test_whatever_happens_two_are_never_at_work(): void
    {
        mt_srand(20260401);
        $most = 0;
        for ($round = 0; $round < 5; $round++) {
            $this->cache = new Repository(new ArrayStore());
            $peers = [$this->peer(6), $this->peer(6, 40.0), $this->peer(6, -40.0)];
            $until = [0.0, 0.0, 0.0];
            for ($step = 0; $step < 1500; $step++) {
                $this->now += self::STEP;
                foreach ($peers as $n => $peer) {
                    if (mt_rand(0, 400) === 0) {
                        $until[$n] = $this->now + mt_rand(1, 120) / 10;
                    }
                    if ($this->now >= $until[$n]) {
                        $peer->check();
                    }
                }
                // One that is stopped works on until its lease ends: then its connections are cut by others than itself.
                $atWork = array_filter($peers, static fn(Peer $peer): bool => $peer->isAtWork && $peer->leadership->leaseSeconds() > 0.0);
                $most = max($most, \count($atWork));
            }
        }
        self::assertSame(1, $most);
    }

    private function clear(): void
    {
        $store = $this->cache->getStore();
        \assert($store instanceof ArrayStore);
        $store->flush();
        $store->locks = [];
    }

    private function peer(int $seconds, float $ahead = 0.0, ?Records $log = null): Peer
    {
        return new Peer($this->cache, fn(): float => $this->now, $seconds, $ahead, $log);
    }

    private function pass(float $seconds, Peer ...$peers): void
    {
        for ($until = $this->now + $seconds; $this->now < $until;) {
            $this->now += self::STEP;
            foreach ($peers as $peer) {
                $peer->check();
            }
        }
    }
}
