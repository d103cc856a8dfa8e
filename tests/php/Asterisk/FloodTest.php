<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use PHPUnit\Framework\Attributes\DataProvider;

/** A listener that takes two milliseconds an event, and a server that sends thousands of them a second, among others that nobody hears. */
final class FloodTest extends AsteriskTestCase
{
    private const int COUNT = 20_000;

    /** More bytes than the kernel keeps for a reader that is late, whatever else the machine does. */
    private const int ENDLESS = 100_000;

    #[DataProvider('versions')]
    public function test_a_session_that_sheds_survives_and_every_event_is_delivered_or_counted_as_dropped(string $version): void
    {
        $budgets = ['max_events_per_tick' => 5, 'max_frames_per_tick' => 10_000, 'max_bytes_read_per_tick' => 8 << 20, 'event_queue_capacity' => 1_000];
        $manager = $this->manager($version, ['username' => 'steady'], $budgets);
        $numbers = $this->flood($manager);
        $counters = $manager->metrics()['servers']['pbx'];
        $inOrder = array_values(array_unique($numbers));
        sort($inOrder);

        self::assertSame(0, $counters['losses']);
        self::assertSame($inOrder, $numbers, 'in order, and none twice');
        self::assertSame(self::COUNT, \count($numbers) + $counters['events_dropped']);
        self::assertGreaterThan(self::COUNT / 2, $counters['events_dropped']);
    }

    #[DataProvider('versions')]
    public function test_a_session_that_reads_no_more_than_it_dispatches_is_ended_by_the_server(string $version): void
    {
        $manager = $this->manager($version, options: ['io' => 'inline']);
        $this->flood($manager, self::ENDLESS);
        $this->endFloods($version);

        self::assertGreaterThan(0, $manager->metrics()['servers']['pbx']['losses']);
        self::assertSame(0, $manager->metrics()['servers']['pbx']['events_dropped']);
    }

    /** @return list<int> the numbers of the events that were delivered until the flood was over, or the session */
    private function flood(AmiClientManager $manager, int $count = self::COUNT): array
    {
        $client = $manager->server('pbx')->waitUntilReady(15_000);
        [$numbers, $isOver] = [[], false];
        $client->onEvent('UserEvent', static function (AmiEvent $event) use (&$numbers, &$isOver): void {
            if ($event->get('UserEvent') === 'Flood') {
                usleep(2_000);
                $numbers[] = (int) $event->get('Seq');
            }
            $isOver = $isOver || $event->get('UserEvent') === 'FloodDone';
        });
        $client->call(new GenericAction('Originate', [
            'Channel' => 'Local/5000@default', 'Application' => 'Wait', 'Data' => '60', 'Async' => 'true', 'Variable' => 'COUNT=' . $count,
        ]));
        self::tickUntil($manager, static function () use ($client, &$isOver): bool {
            return $isOver || $client->state() !== ConnectionState::Ready;
        }, 60.0, 'the end of the flood');

        return $numbers;
    }
}
