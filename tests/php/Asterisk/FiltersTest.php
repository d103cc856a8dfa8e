<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\EventOnly;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\MultiEvent;
use PHPUnit\Framework\Attributes\DataProvider;

/** With push_filters, a server sends what is listened to and nothing else. What crosses the wire is counted. */
final class FiltersTest extends AsteriskTestCase
{
    /** @var list<string> */
    private array $heard = [];

    #[DataProvider('versions')]
    public function test_only_what_is_listened_to_crosses_the_wire(string $version): void
    {
        [$manager, $client] = $this->filtering($version);
        [$openManager, $open] = $this->filtering($version, false);
        $this->hear($client, 'newchannel');

        [$all] = $this->eventsOfACall($version, $openManager, $open);
        [$came, $heard] = $this->eventsOfACall($version, $manager, $client);
        self::assertGreaterThan(20, $all);
        self::assertSame(['Newchannel' => 2], $heard);
        self::assertSame(3, $came, 'two Newchannel, and the OriginateResponse that the client keeps for itself');
        self::assertSame(0, $manager->metrics()['servers']['pbx']['filters_given_up']);
    }

    #[DataProvider('versions')]
    public function test_a_later_listener_gets_its_events_and_one_for_everything_gets_all(string $version): void
    {
        [$manager, $client] = $this->filtering($version);
        [$came] = $this->eventsOfACall($version, $manager, $client);
        self::assertSame(1, $came, 'the OriginateResponse');

        $this->hear($client, 'UserEvent');
        $this->hear($client, 'Hangup');
        [$came, $heard] = $this->eventsOfACall($version, $manager, $client);
        self::assertSame(['Hangup' => 2, 'UserEvent' => 2], $heard);
        self::assertSame(5, $came);

        $client->onAnyEvent(fn(AmiEvent $event) => $this->heard[] = $event->name);
        [$came, $heard] = $this->eventsOfACall($version, $manager, $client);
        self::assertGreaterThan(20, $came);
        self::assertArrayHasKey('VarSet', $heard);
        self::assertArrayHasKey('Cdr', $heard);
    }

    #[DataProvider('versions')]
    public function test_a_cancelled_listener_leaves_with_its_class(string $version): void
    {
        [$manager, $client] = $this->filtering($version);
        $this->hear($client, 'Hangup');
        $subscription = $client->onEvent('VarSet', static function (): void {});
        [$came] = $this->eventsOfACall($version, $manager, $client);
        self::assertGreaterThan(3, $came);
        $subscription->cancel();
        [$came, $heard] = $this->eventsOfACall($version, $manager, $client);
        self::assertSame(['Hangup' => 2], $heard);
        self::assertSame(3, $came, 'no VarSet: nothing else of the class dialplan is listened to');
    }

    #[DataProvider('versions')]
    public function test_another_session_is_told_anew(string $version): void
    {
        [$manager, $client] = $this->filtering($version);
        $this->hear($client, 'Hangup');
        $this->eventsOfACall($version, $manager, $client);
        $client->close();
        self::tickUntil($manager, static fn(): bool => $client->state() === ConnectionState::Disconnected, 5.0, 'the goodbye');
        $client->waitUntilReady(15_000);
        [$came, $heard] = $this->eventsOfACall($version, $manager, $client);
        self::assertSame(['Hangup' => 2], $heard);
        self::assertSame(3, $came);
    }

    #[DataProvider('versions')]
    public function test_answers_are_whole_with_nobody_listening(string $version): void
    {
        [$manager, $client] = $this->filtering($version);
        $client->call(new GenericAction('Ping'));
        $client->call(new GenericAction('Ping'));
        $before = $manager->metrics()['servers']['pbx']['events'];

        [, $open] = $this->filtering($version, false);
        $names = static function (AmiClient $client): array {
            $list = $client->send(new GenericAction('QueueStatus'));
            $list->await(5_000);

            return array_map(static fn(AmiEvent $event): string => $event->name, $list->events());
        };
        $list = $names($client);
        self::assertGreaterThan(5, \count($list));
        self::assertSame($names($open), $list);

        $call = $client->send(self::originate('1000'));
        $call->await(10_000);
        self::assertSame('Success', $call->events()[0]->get('Response'));
        self::assertSame(\count($list) + 1, $manager->metrics()['servers']['pbx']['events'] - $before, 'nothing else came');
    }

    /** An event of that kind goes to every session, so that a filter holds it back; the action may be answered at once. */
    #[DataProvider('versions')]
    public function test_an_event_that_ends_an_action_comes_with_nobody_listening(string $version): void
    {
        [$manager, $client] = $this->filtering($version);
        foreach ([new EventOnly(['UserEvent'], 5_000), new MultiEvent(['userevent'], 5_000)] as $strategy) {
            $pending = $client->send(new GenericAction('UserEvent', ['UserEvent' => 'Mine'], $strategy));
            $pending->await(6_000);
            self::assertSame(['Mine'], array_map(static fn(AmiEvent $event): ?string => $event->get('UserEvent'), $pending->events()));
        }
        self::assertSame(0, $manager->metrics()['servers']['pbx']['filters_given_up']);
    }

    #[DataProvider('versions')]
    public function test_thirty_listeners_get_all_they_listen_to(string $version): void
    {
        [$manager, $client] = $this->filtering($version);
        $names = ['AgentCalled', 'AgentComplete', 'AgentConnect', 'AgentDump', 'AgentRingNoAnswer', 'BridgeCreate', 'BridgeDestroy',
            'BridgeEnter', 'BridgeLeave', 'DialBegin', 'DialEnd', 'DialState', 'Hangup', 'HangupRequest', 'Hold', 'Unhold', 'LocalBridge',
            'Newchannel', 'Newexten', 'Newstate', 'NewCallerid', 'NewConnectedLine', 'OriginateResponse', 'QueueCallerAbandon',
            'QueueCallerJoin', 'QueueCallerLeave', 'QueueMemberStatus', 'SoftHangupRequest', 'UserEvent', 'VarSet'];
        foreach ($names as $name) {
            $this->hear($client, $name);
        }
        [$came, $heard] = $this->eventsOfACall($version, $manager, $client);
        [$openManager, $open] = $this->filtering($version, false);
        foreach ($names as $name) {
            $this->hear($open, $name);
        }
        [$all, $expected] = $this->eventsOfACall($version, $openManager, $open);
        self::assertSame($expected, $heard);
        self::assertLessThan($all, $came, 'DeviceStateChange and Cdr stay away');
        self::assertSame(0, $manager->metrics()['servers']['pbx']['filters_given_up']);
    }

    /** A user who may not add filters still gets what is listened to, and less than everything. */
    #[DataProvider('versions')]
    public function test_a_user_without_the_right_has_the_mask_alone(string $version): void
    {
        [$manager, $client] = $this->filtering($version, true, ['username' => 'ro', 'secret' => 'rosecret', 'events' => ['call', 'user']]);
        $this->hear($client, 'Newchannel');
        [$came, $heard] = $this->eventsOfACall($version, $manager, $client);
        self::assertSame(['Newchannel' => 2], $heard);
        self::assertGreaterThan(3, $came, 'the class call');
        $before = $manager->metrics()['servers']['pbx']['events'];
        $this->client($version)->call(new GenericAction('UserEvent', ['UserEvent' => 'Unheard']));
        $client->call(new GenericAction('Ping'));
        self::assertSame($before, $manager->metrics()['servers']['pbx']['events'], 'not the class user');
    }

    /**
     * @param array<string, mixed> $server
     * @return array{AmiClientManager, AmiClient} ready, with what it was told acknowledged
     */
    private function filtering(string $version, bool $isFiltering = true, array $server = []): array
    {
        $manager = $this->manager($version, $server, ['push_filters' => $isFiltering]);

        return [$manager, $manager->server('pbx')->waitUntilReady(15_000)];
    }

    private function hear(AmiClient $client, string $name): void
    {
        $client->onEvent($name, fn(AmiEvent $event) => $this->heard[] = $event->name);
    }

    /**
     * How many events come while another client makes a call of one second, and which are heard how often.
     *
     * @return array{int, array<string, int>}
     */
    private function eventsOfACall(string $version, AmiClientManager $manager, AmiClient $client): array
    {
        $other = $this->client($version);
        // Calls of the tests before have to be over.
        for ($until = microtime(true) + 40.0; self::hasCalls($other);) {
            self::assertLessThan($until, microtime(true), 'earlier calls end');
            usleep(50_000);
        }
        // What is told of their ends, and of the login of this client.
        for ($until = microtime(true) + 0.3; microtime(true) < $until;) {
            $manager->tickAll(20);
        }
        $hangups = 0;
        $other->onEvent('Hangup', static function () use (&$hangups): void {
            $hangups++;
        });
        // Twice, as a tick sends what has changed, and the answer to what comes behind it says that it is in force.
        $client->call(new GenericAction('Ping'));
        $client->call(new GenericAction('Ping'));
        [$this->heard, $before] = [[], $manager->metrics()['servers']['pbx']['events']];
        $call = $other->send(self::originate('1000'));
        $call->await(10_000);
        for ($until = microtime(true) + 10.0; $hangups < 2;) {
            self::assertLessThan($until, microtime(true), 'the call ends');
            $other->call(new GenericAction('Ping'));
            $manager->tickAll(20);
        }
        // Cdr and device states come behind the last Hangup.
        for ($until = microtime(true) + 0.3; microtime(true) < $until;) {
            $manager->tickAll(20);
        }
        $client->call(new GenericAction('Ping'));
        $heard = array_count_values($this->heard);
        ksort($heard);

        return [$manager->metrics()['servers']['pbx']['events'] - $before, $heard];
    }

    private static function hasCalls(AmiClient $client): bool
    {
        $list = $client->send(new GenericAction('CoreShowChannels'));
        $list->await(5_000);

        return \count($list->events()) > 1;
    }
}
