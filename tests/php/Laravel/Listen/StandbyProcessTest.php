<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Listen;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\RedisServer;
use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;

/** Two listeners on one lock: each event is heard by exactly one of them, or lies in the gap that the second one tells. */
#[RequiresPhpExtension('apn_ami')]
#[RequiresPhpExtension('posix')]
#[\PHPUnit\Framework\Attributes\Group('slow')]
final class StandbyProcessTest extends ProcessTestCase
{
    /** Short, and long enough for a loaded machine to prolong in. */
    private const int SECONDS = 6;

    private Simulator $simulator;

    private AmiClientManager $session;

    private int $number = 0;

    /** @var array<int, float> when each event was asked for */
    private array $sent = [];

    /** @var array<int, float> when each came to a session that sees them all */
    private array $came = [];

    /** @var array<string, mixed> */
    private array $config = [
        'ami-client.listen.standby.enabled' => true,
        'ami-client.listen.standby.seconds' => self::SECONDS,
    ];

    protected function setUp(): void
    {
        parent::setUp();
        $this->simulator = new Simulator('-n', '1', '--calls', '0');
        $this->session = self::session($this->simulator, 'on');
        $this->session->onEvent('UserEvent', function (AmiEvent $event): void {
            $this->came[(int) $event->get('N')] = $event->receivedAt;
        });
    }

    #[RequiresPhpExtension('redis')]
    public function test_one_that_is_killed_is_replaced_within_the_time_and_every_event_is_accounted_for_over_redis(): void
    {
        if (!RedisServer::isThere()) {
            self::markTestSkipped('needs redis-server');
        }
        $redis = RedisServer::start();
        $this->config += [
            'cache.default' => 'redis',
            'database.redis' => ['client' => 'phpredis', 'cache' => ['host' => '127.0.0.1', 'port' => $redis->port], 'default' => ['host' => '127.0.0.1', 'port' => $redis->port]],
        ];
        [$a, $b] = $this->pair();
        $a->signal(SIGKILL);
        $killed = microtime(true);
        $this->send(static fn(): bool => $b->lines('gap') !== [], $a, $b);
        $this->sendMore($b);
        self::assertSame(128 + SIGKILL, $a->status());
        $this->assertAccountedFor($a, $b, $killed);

        // A store that hangs hangs PHP, too; a thread cuts the connections in time.
        $redis->freeze();
        try {
            $this->send(fn(): bool => self::counted($this->session, 'connections_open') === 1, $b);
        } finally {
            $redis->thaw();
        }
        $this->sendMore($b);
        $this->assertOnce($a, $b);
        $b->signal(SIGTERM);
        $this->send(static fn(): bool => $b->status() !== null, $b);
        self::assertSame(0, $b->status());
    }

    public function test_one_that_was_stopped_and_goes_on_hears_nothing_that_the_other_has_heard_over_files(): void
    {
        [$a, $b] = $this->pair();
        $a->signal(SIGSTOP);
        $stopped = microtime(true);
        try {
            $this->send(static fn(): bool => $b->lines('gap') !== [], $b);
            $this->sendMore($b);
        } finally {
            $a->signal(SIGCONT);
        }
        $this->send(static fn(): bool => str_contains($a->output(), 'worker lost its leadership'), $a, $b);
        $this->sendMore($b);
        $this->assertAccountedFor($a, $b, $stopped);
        // In order, this time: nobody waits for a timeout.
        $b->signal(SIGTERM);
        $this->send(static fn(): bool => $b->status() !== null && $a->lines('gap') !== [], $a, $b);
        $this->sendMore($a);
        self::assertSame(0, $b->status());
        $this->assertOnce($a, $b);
    }

    /** @return array{Process, Process} the one at work, which hears events, and the one that stands by */
    private function pair(): array
    {
        $a = $this->start($this->simulator, $this->config, 'a', 'ami:listen');
        $this->send(static fn(): bool => \count($a->lines('event')) > 10, $a);
        $b = $this->start($this->simulator, $this->config, 'b', 'ami:listen');
        $this->send(static fn(): bool => str_contains($b->output(), 'worker stands by'), $a, $b);
        $this->sendMore($a);
        self::assertSame([], $b->lines('event'));

        return [$a, $b];
    }

    /**
     * Sends numbered events until something holds.
     *
     * @param \Closure(): bool $holds
     */
    private function send(\Closure $holds, Process ...$processes): void
    {
        self::until(function () use ($holds): bool {
            $this->sent[++$this->number] = microtime(true);
            $this->session->send(new GenericAction('UserEvent', ['UserEvent' => 'Numbered', 'N' => (string) $this->number]));
            $this->session->tickAll(5);

            return $holds();
        }, 'events are sent', ...$processes);
    }

    /** Until it has heard events that were sent from now on. */
    private function sendMore(Process $process): void
    {
        $number = $this->number;
        $this->send(static fn(): bool => (int) (\array_slice($process->lines('event'), -1)[0] ?? 0) > $number + 10, $process);
    }

    private function assertAccountedFor(Process $a, Process $b, float $ended): void
    {
        self::assertCount(1, $b->lines('gap'));
        [$from, $to] = array_map(floatval(...), explode(' ', $b->lines('gap')[0]));
        self::assertLessThanOrEqual($ended, $from);
        $heard = array_flip($this->assertOnce($a, $b));
        // Neither what came before a was there, nor what is on its way to b at this moment.
        self::assertNotSame([], $heard);
        [$first, $last] = [min(array_keys($heard)), max(array_keys($heard))];
        foreach (array_diff_key($this->came, $heard) as $number => $at) {
            if ($number > $first && $number < $last) {
                // It happened between the two times that are known of it.
                self::assertTrue($at >= $from && $this->sent[$number] <= $to, "event $number of $at is missing, and not in the gap from $from to $to");
            }
        }
        $missed = array_filter($this->came, static fn(float $at): bool => $at > $from && $at < $to);
        self::assertNotSame([], array_diff_key($missed, $heard), 'nothing was missed, and this test proves nothing');
    }

    /** @return list<int> what either heard; nothing twice */
    private function assertOnce(Process $a, Process $b): array
    {
        $heard = array_map(intval(...), [...$a->lines('event'), ...$b->lines('event')]);
        self::assertSame([], array_keys(array_filter(array_count_values($heard), static fn(int $times): bool => $times > 1)), 'heard twice');

        return $heard;
    }
}
