<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use PHPUnit\Framework\Attributes\DataProvider;

final class ListsTest extends AsteriskTestCase
{
    private const int LISTS = 50;

    private const int FLOOD = 30_000;

    #[DataProvider('versions')]
    public function test_queue_status_is_what_another_session_gets(string $version): void
    {
        $expected = new RawSession(self::address($version), events: 'off')->answer('Action: QueueStatus');
        self::assertSame($expected, self::answer($this->client($version), 'QueueStatus'));
        self::assertGreaterThanOrEqual(3 + 4 + 2, \count($expected), 'three queues, four members, response and end');
    }

    #[DataProvider('versions')]
    public function test_core_show_channels_is_what_another_session_gets(string $version): void
    {
        $client = $this->client($version);
        foreach (range(1, 3) as $ignored) {
            $client->send(self::originate('1012', ['Exten' => '1012']))->await(5000);
        }
        try {
            // How long a channel has been there depends on when one asks.
            $timeless = static fn(string $frame): string => RawSession::without($frame, 'Duration');
            $expected = array_map($timeless, new RawSession(self::address($version), events: 'off')->answer('Action: CoreShowChannels'));
            self::assertSame($expected, array_map($timeless, self::answer($client, 'CoreShowChannels')));
            self::assertGreaterThanOrEqual(6 + 2, \count($expected), 'six channels, response and end');
        } finally {
            $client->call(new GenericAction('Hangup', ['Channel' => '/^Local\/1012@default/']));
        }
    }

    #[DataProvider('versions')]
    public function test_the_output_of_a_command_is_what_another_session_gets(string $version): void
    {
        $answer = new RawSession(self::address($version), events: 'off')->answer("Action: Command\r\nCommand: core show help");
        self::assertCount(1, $answer);
        $expected = [];
        foreach (explode("\r\n", $answer[0]) as $line) {
            if (str_starts_with($line, 'Output: ')) {
                $expected[] = substr($line, 8);
            }
        }
        $response = $this->client($version)->call(new GenericAction('Command', ['Command' => 'core show help']));
        self::assertGreaterThan(300, \count($expected), 'the modules of tests/asterisk/conf have so many commands');
        self::assertSame($expected, $response->output());
        self::assertSame($answer[0], self::bare($response->raw()));
    }

    #[DataProvider('versions')]
    public function test_lists_asked_for_in_a_flood_get_their_own_items(string $version): void
    {
        $manager = $this->manager($version, ['username' => 'steady']);
        $client = $manager->server('pbx')->waitUntilReady();
        $sequence = [];
        $isOver = false;
        $client->onEvent('UserEvent', static function (AmiEvent $event) use (&$sequence, &$isOver): void {
            if ($event->get('UserEvent') === 'Flood') {
                $sequence[(string) $event->get('Call')][] = (int) $event->get('Seq');
            }
            $isOver = $isOver || $event->get('UserEvent') === 'FloodDone';
        });
        // One half of the Local channel makes the flood; the other only stays until that is over.
        $client->send(self::originate('5000', ['Exten' => '1012', 'Variable' => '__COUNT=' . self::FLOOD]));
        self::tickUntil($manager, static function () use (&$sequence): bool {
            return $sequence !== [];
        }, 5.0, 'the flood');

        $before = self::total($sequence);
        $names = ['QueueStatus', 'PJSIPShowEndpoints', 'DeviceStateList', 'QueueSummary', 'CoreShowChannels'];
        $counts = [];
        // The server may let the flood rest for all lists of a round.
        do {
            $actions = [];
            for ($list = 0; $list < self::LISTS; $list++) {
                $actions[] = [$names[$list % \count($names)], $client->send(new GenericAction($names[$list % \count($names)]))];
            }
            foreach ($actions as [$name, $action]) {
                self::assertTrue($action->await(20_000)->isSuccess(), $name);
                $events = $action->events();
                $ids = array_unique(array_map(static fn(AmiEvent $event): ?string => $event->get('ActionID'), $events));
                self::assertSame([$action->actionId()], $ids, $name);
                $end = $events[\count($events) - 1];
                self::assertSame('Complete', $end->get('EventList'), $name);
                self::assertCount((int) $end->get('ListItems') + 1, $events, $name);
                $counts[$name][] = \count($events);
            }
            self::assertLessThan(100 * self::LISTS, array_sum(array_map(\count(...), $counts)), 'the lists come amid the flood');
        } while (self::total($sequence) === $before);
        self::assertGreaterThan(2, $counts['QueueStatus'][0]);
        foreach (['QueueStatus', 'PJSIPShowEndpoints', 'QueueSummary'] as $name) {
            self::assertCount(1, array_unique($counts[$name]), "$name is the same each time");
        }

        self::tickUntil($manager, static function () use (&$isOver, $client): bool {
            return $isOver || $client->state() !== ConnectionState::Ready;
        }, 60.0, 'the end of the flood');
        self::assertSame(0, $manager->metrics()['servers']['pbx']['losses'], 'the session stood the flood');
        self::assertContains(range(0, self::FLOOD - 1), $sequence, 'the flood came whole and in order');
    }

    #[DataProvider('versions')]
    public function test_two_hundred_lists_of_ten_kinds_pipelined_while_calls_run_each_get_their_own_items(string $version): void
    {
        $manager = $this->manager($version);
        $client = $manager->server('pbx')->waitUntilReady();
        $heard = [];
        $client->onAnyEvent(static function (AmiEvent $event) use (&$heard): void {
            $heard[$event->name] = ($heard[$event->name] ?? 0) + 1;
        });
        $calls = [];
        for ($call = 0; $call < 20; $call++) {
            $calls[] = $client->send(self::originate('1012', ['Exten' => '1012']));
        }
        $kinds = ['QueueStatus', 'QueueSummary', 'PJSIPShowEndpoints', 'DeviceStateList', 'CoreShowChannels', 'Status', 'ExtensionStateList', 'BridgeList',
            'BridgeTechnologyList', 'ShowDialPlan'];
        $lists = [];
        for ($list = 0; $list < 200; $list++) {
            $lists[] = [$kinds[$list % 10], $client->send(new GenericAction($kinds[$list % 10]))];
        }
        $ended = 0;
        foreach ($lists as [, $list]) {
            $list->onComplete(static function () use (&$ended): void {
                $ended++;
            });
        }
        self::tickUntil($manager, static function () use (&$ended): bool {
            return $ended === 200;
        }, 30.0, 'the end of all lists');
        $items = [];
        foreach ($lists as [$kind, $list]) {
            self::assertTrue($list->await()->isSuccess(), $kind);
            self::assertSame('start', strtolower((string) $list->response()?->get('EventList')), $kind);
            $events = $list->events();
            $ids = array_unique(array_map(static fn(AmiEvent $event): ?string => $event->get('ActionID'), $events));
            self::assertSame([$list->actionId()], $ids, $kind);
            $end = $events[\count($events) - 1];
            self::assertSame('Complete', $end->get('EventList'), $kind);
            self::assertCount((int) $end->get('ListItems') + 1, $events, $kind);
            $names = array_unique(array_map(static fn(AmiEvent $event): string => $event->name, \array_slice($events, 0, -1)));
            $items[$kind] = array_unique([...$items[$kind] ?? [], ...$names]);
        }
        foreach ($calls as $call) {
            $call->await(10_000);
            self::assertSame('Success', $call->events()[0]->get('Response'));
        }
        // What a list of one kind may have is in no list of another kind.
        self::assertSame(['QueueParams', 'QueueMember'], array_values($items['QueueStatus']));
        self::assertSame(['QueueSummary'], $items['QueueSummary']);
        self::assertSame(['EndpointList'], $items['PJSIPShowEndpoints']);
        self::assertSame(['CoreShowChannel'], $items['CoreShowChannels']);
        self::assertSame(['BridgeTechnologyListItem'], $items['BridgeTechnologyList']);
        self::assertSame(['ListDialplan'], $items['ShowDialPlan']);
        foreach (['QueueParams', 'EndpointList', 'CoreShowChannel', 'ListDialplan', 'QueueStatusComplete'] as $item) {
            self::assertArrayNotHasKey($item, $heard, 'items are for whoever asked');
        }
        self::assertGreaterThanOrEqual(40, $heard['Newchannel'] ?? 0);
        $client->call(new GenericAction('Hangup', ['Channel' => '/^Local\/1012@default/']));
        self::assertSame(ConnectionState::Ready, $client->state());
    }

    /** @param array<string, list<int>> $sequence */
    private static function total(array $sequence): int
    {
        return array_sum(array_map(\count(...), $sequence));
    }

    /** @return list<string> the frames of an answer, without ActionIDs */
    private static function answer(AmiClient $client, string $name): array
    {
        $action = $client->send(new GenericAction($name));
        $response = $action->await(5000);

        return array_map(self::bare(...), [$response->raw(), ...array_map(static fn(AmiEvent $event): string => $event->raw(), $action->events())]);
    }
}
