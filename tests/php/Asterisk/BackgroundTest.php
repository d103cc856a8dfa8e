<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Psr\Log\AbstractLogger;

/**
 * Listeners that take two seconds, under a load of events. The server gives a write to this user one second (others get
 * 100 ms), which is over some time after its socket and ours are full: a second or so after the load began.
 */
final class BackgroundTest extends AsteriskTestCase
{
    private const int NAP = 2_000_000;

    private const int NAPS = 5;

    /** Calls at one time, each of which makes so many events: they last for all naps. */
    private const int CALLS = 4;

    private const int EVENTS = 100_000;

    private int $heard = 0;

    /** @var list<string> */
    private array $records = [];

    /** @var list<ConnectionGap> */
    private array $gaps = [];

    protected function tearDown(): void
    {
        if ((string) getenv('ASTERISK_22') !== '') {
            $this->endFloods('22');
        }
        parent::tearDown();
    }

    public function test_in_the_background_a_session_outlives_listeners_that_sleep(): void
    {
        $manager = $this->sleeper(['io' => 'background', 'max_events_per_tick' => 1, 'heartbeat_interval' => 1.0]);
        $client = $manager->server('pbx');
        $before = $this->counts($manager)['written_bytes'];
        for ($i = 0; $i < self::NAPS; $i++) {
            $manager->tickAll(250);
            self::assertSame(ConnectionState::Ready, $client->state());
        }
        $counts = $this->counts($manager);
        $health = $client->health();
        self::assertSame([1, 0, 0], [$counts['sessions'], $counts['losses'], $counts['heartbeats_missed']]);
        self::assertGreaterThan($before + 300, $counts['written_bytes'], 'heartbeats went out');
        self::assertGreaterThan(6_000_000, $counts['read_bytes'], 'more was read than the sockets hold');
        self::assertSame($counts['events_queued'], $counts['events_dispatched'] + $counts['events_dropped'] + $health['queued_events']);
        self::assertSame(self::NAPS, $this->heard);
        self::assertSame([], $this->gaps);
        self::assertSame('Pong', $client->send(new GenericAction('Ping'))->await(10_000)->get('Ping'));
    }

    public function test_inline_the_same_listeners_cost_the_session_and_this_is_told(): void
    {
        $manager = $this->sleeper(['io' => 'inline']);
        self::tickUntil($manager, fn(): bool => $this->gaps !== [], 20.0, 'a gap');
        self::assertContains('connection lost', $this->records);
        self::assertSame('pbx', $this->gaps[0]->serverKey);
        self::assertGreaterThan(0, $this->counts($manager)['losses']);
    }

    /**
     * A manager whose first events put it to sleep, in the midst of a load.
     *
     * @param array<string, mixed> $options
     */
    private function sleeper(array $options): AmiClientManager
    {
        $logger = new class (function (string $record): void {
            $this->records[] = $record;
        }) extends AbstractLogger {
            /** @param \Closure(string): void $keep */
            public function __construct(private readonly \Closure $keep) {}

            public function log($level, string|\Stringable $message, array $context = []): void
            {
                ($this->keep)((string) $message);
            }
        };
        $manager = $this->manager('22', ['username' => 'steady'], $options, $logger);
        $manager->onGap(function (ConnectionGap $gap): void {
            $this->gaps[] = $gap;
        });
        $manager->onEvent('UserEvent', function (): void {
            if ($this->heard++ < self::NAPS) {
                usleep(self::NAP);
            }
        });
        $manager->server('pbx')->waitUntilReady(15_000);
        // By a session of its own that is sent none of these events.
        $other = $this->manager('22', ['events' => ['call']])->server('pbx')->waitUntilReady(15_000);
        for ($i = 0; $i < self::CALLS; $i++) {
            $other->send(self::originate('5000', ['Variable' => 'COUNT=' . self::EVENTS]))->await(10_000);
        }

        return $manager;
    }

    /** @return array<string, int> */
    private function counts(AmiClientManager $manager): array
    {
        return array_filter($manager->metrics()['servers']['pbx'], \is_int(...));
    }
}
