<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionLostException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\OriginateFailedException;
use Apn\AmiClient\PendingAction;
use PHPUnit\Framework\Attributes\DataProvider;

final class CallsTest extends AsteriskTestCase
{
    private const int CALLS = 20;

    #[DataProvider('versions')]
    public function test_every_event_of_parallel_calls_comes_as_another_session_sees_it(string $version): void
    {
        $witness = new RawSession(self::address($version));
        $manager = $this->manager($version);
        $client = $manager->server('pbx')->waitUntilReady();
        /** @var list<AmiEvent> $events */
        $events = [];
        $client->onAnyEvent(static function (AmiEvent $event) use (&$events): void {
            $events[] = $event;
        });
        $mark = bin2hex(random_bytes(6));

        $client->call(new GenericAction('UserEvent', ['UserEvent' => 'Mark', 'Mark' => "$mark begins"]));
        $pending = [];
        for ($call = 0; $call < self::CALLS; $call++) {
            $pending[] = $client->send(self::originate('1000'));
        }
        $seen = [];
        $isOver = static function () use ($witness, &$seen, &$events, $pending): bool {
            // The witness must not fall behind either.
            array_push($seen, ...$witness->received());
            $count = static fn(string $name): int => \count(array_filter($events, static fn(AmiEvent $event): bool => $event->name === $name));

            return $count('Newchannel') >= 2 * self::CALLS && $count('Hangup') >= $count('Newchannel')
                && array_filter($pending, static fn(PendingAction $action): bool => !$action->isComplete()) === [];
        };
        self::tickUntil($manager, $isOver, 20.0, 'all calls have ended');
        $client->call(new GenericAction('UserEvent', ['UserEvent' => 'Mark', 'Mark' => "$mark ends"]));
        $isMarked = static function () use (&$events, $mark): bool {
            return array_filter($events, static fn(AmiEvent $event): bool => $event->get('Mark') === "$mark ends") !== [];
        };
        self::tickUntil($manager, $isMarked, 5.0, 'the last mark');
        do {
            $frame = $witness->frame();
            $seen[] = $frame;
        } while (!str_contains($frame, "$mark ends"));

        $heard = self::between(array_map(static fn(AmiEvent $event): string => $event->raw(), $events), $mark);
        $seen = self::between($seen, $mark);
        self::assertGreaterThan(20 * self::CALLS, \count($seen));
        self::assertSame($seen, $heard, 'all events, byte by byte, in the same order');
        foreach ($pending as $action) {
            self::assertNull($action->error());
            self::assertSame('Success', $action->events()[0]->get('Response'));
        }
        self::assertChannelsAreAccountedFor($events);
    }

    /**
     * Each channel comes and goes, and what happens to it happens between.
     *
     * @param list<AmiEvent> $events
     */
    private static function assertChannelsAreAccountedFor(array $events): void
    {
        $channels = [];
        foreach ($events as $event) {
            $id = $event->get('Uniqueid');
            if ($id !== null && !\in_array($event->name, ['Cdr', 'CEL', 'OriginateResponse'], true)) {
                $channels[$id][] = $event->name;
            }
        }
        // Channels of other tests may have been there before.
        $whole = array_filter($channels, static fn(array $names): bool => \in_array('Newchannel', $names, true));
        self::assertGreaterThanOrEqual(2 * self::CALLS, \count($whole));
        foreach ($whole as $id => $names) {
            self::assertSame('Newchannel', $names[0], "channel $id");
            $after = \array_slice($names, (int) array_search('Hangup', $names, true) + 1);
            self::assertContains('Hangup', $names, "channel $id");
            self::assertSame([], $after, "channel $id");
        }
    }

    /**
     * @param list<string> $frames
     *
     * @return list<string> the events between the two marks
     */
    private static function between(array $frames, string $mark): array
    {
        $frames = array_values(array_filter($frames, static fn(string $frame): bool => str_starts_with($frame, 'Event:')));
        $places = array_keys(array_filter($frames, static fn(string $frame): bool => str_contains($frame, "Mark: $mark ")));
        self::assertCount(2, $places);

        return \array_slice($frames, $places[0], $places[1] - $places[0] + 1);
    }

    #[DataProvider('results')]
    public function test_an_originate_ends_with_its_result(string $version, string $extension, ?int $failure): void
    {
        $client = $this->client($version);
        $action = $client->send(self::originate($extension));
        $error = null;
        try {
            $action->await(15_000);
        } catch (OriginateFailedException $error) {
            self::assertSame($failure, $error->reason());
            self::assertSame($action->events()[0]->raw(), $error->result()->raw());
        }
        self::assertSame($failure === null, $error === null);
        self::assertSame('Originate successfully queued', $action->response()?->message());
        self::assertCount(1, $action->events());
        $result = $action->events()[0];
        self::assertSame('OriginateResponse', $result->name);
        self::assertSame($action->actionId(), $result->get('ActionID'));
        self::assertSame($failure === null ? 'Success' : 'Failure', $result->get('Response'));
        self::assertSame((string) ($failure ?? 4), $result->get('Reason'));
        self::assertSame($failure === null, $result->get('Uniqueid') !== '<unknown>');
    }

    /** @return iterable<string, array{string, string, ?int}> */
    public static function results(): iterable
    {
        foreach (self::versions() as $name => [$version]) {
            yield "$name, answered" => [$version, '1000', null];
            yield "$name, busy" => [$version, '1003', 5];
            yield "$name, congestion" => [$version, '1004', 8];
            yield "$name, no such extension" => [$version, '9999', 0];
        }
    }

    #[DataProvider('versions')]
    public function test_the_outcome_of_a_call_whose_connection_was_lost_is_unknown_and_nothing_is_sent_again(string $version): void
    {
        $manager = $this->manager($version);
        $client = $manager->server('pbx')->waitUntilReady();
        $mark = 'lost' . bin2hex(random_bytes(4));
        $running = static function (AmiClient $client) use ($mark): int {
            $list = $client->send(new GenericAction('CoreShowChannels'));
            $list->await(5000);
            $isOurs = static fn(AmiEvent $event): bool => $event->get('AccountCode') === $mark;

            return \count(array_filter($list->events(), $isOurs));
        };
        // 1005 rings for ever: the call is there, and its result is not.
        $pending = $client->send(self::originate('1005', ['Account' => $mark, 'Timeout' => 20_000]));
        $client->call(new GenericAction('Ping'));
        $manager->terminate();
        try {
            $pending->await();
            self::fail('no answer had come');
        } catch (ConnectionLostException $lost) {
            self::assertStringContainsString('its outcome is not known', $lost->getMessage());
        }
        $manager->connectAll();
        $client->waitUntilReady();
        $running_now = $running($client);
        for ($tick = 0; $tick < 20; $tick++) {
            $manager->tickAll(50);
        }
        self::assertGreaterThan(0, $running_now, 'the server had carried it out');
        self::assertSame($running_now, $running($client), 'and did so once');
        $client->call(new GenericAction('Hangup', ['Channel' => '/^Local\/1005@default/']));
    }
}
