<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\Actions\ConfigChange;
use Apn\AmiClient\Actions\CreateConfig;
use Apn\AmiClient\Actions\DBDel;
use Apn\AmiClient\Actions\DBGet;
use Apn\AmiClient\Actions\DBPut;
use Apn\AmiClient\Actions\FAXStats;
use Apn\AmiClient\Actions\GetConfig;
use Apn\AmiClient\Actions\Getvar;
use Apn\AmiClient\Actions\Hangup;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Status;
use Apn\AmiClient\Actions\TypedAction;
use Apn\AmiClient\Actions\UpdateConfig;
use Apn\AmiClient\Actions\WaitEvent;
use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\EventName;
use Apn\AmiClient\PendingAction;
use PHPUnit\Framework\Attributes\DataProvider;

final class TypedActionsTest extends AsteriskTestCase
{
    #[DataProvider('versions')]
    public function test_variables_and_caller_id_arrive_as_they_are(string $version): void
    {
        $client = $this->client($version);
        $variables = [
            'COMMA' => 'a,b', 'QUOTES' => 'say "hi"', 'BACKSLASH' => 'C:\\dir\\', 'ALL' => '\\",=();[', 'SPACES' => ' a ', 'OPEN' => 'f(1,2',
            'EMPTY' => '', 'INTEGER' => 7, 'FRACTION' => 0.1, 'YES' => true, 'NO' => false, 'UTF8' => 'Grüße', 'DOLLAR' => '${EXTEN}',
            'CHANNEL(language)' => 'de', '__INHERITED' => 'x,y',
        ];
        $channel = self::called($client, Originate::toExtension(
            'Local/1001@default/n',
            'default',
            '1001',
            callerIdName: 'Bob "the \\ man" <x>, B',
            callerIdNumber: '1234',
            variables: $variables,
        ));
        foreach ($variables as $name => $value) {
            $expected = is_bool($value) ? (string) (int) $value : (string) $value;
            self::assertSame($expected, self::variable($client, ltrim($name, '_'), $channel), $name);
        }
        self::assertSame('Bob "the \\ man" <x>, B', self::variable($client, 'CALLERID(name)', $channel));
        self::assertSame('1234', self::variable($client, 'CALLERID(num)', $channel));

        $status = self::finished($client, new Status($channel, ['COMMA', 'INTEGER']))->events();
        self::assertSame(['COMMA=a,b', 'INTEGER=7'], $status[0]->all('Variable'));
        $client->call(new Hangup($channel));
    }

    #[DataProvider('versions')]
    public function test_a_part_of_a_caller_id_is_that_part(string $version): void
    {
        $client = $this->client($version);
        foreach ([[null, '77'], ['Only <me>', ''], ['12345', ''], ['back\\', '1']] as [$name, $number]) {
            $channel = self::called($client, Originate::toApplication(
                'Local/1001@default/n',
                'Wait',
                '5',
                callerIdName: $name,
                callerIdNumber: $number === '' ? null : $number,
            ));
            self::assertSame((string) $name, self::variable($client, 'CALLERID(name)', $channel));
            self::assertSame($number, self::variable($client, 'CALLERID(num)', $channel));
            $client->call(new Hangup($channel));
        }
    }

    #[DataProvider('versions')]
    public function test_channels_are_hung_up_by_a_pattern(string $version): void
    {
        $client = $this->client($version);
        $channel = self::called($client, Originate::toExtension('Local/1001@default/n', 'default', '1001'));
        // The numbers of the two halves of a Local channel differ after the semicolon.
        $pending = self::finished($client, Hangup::channelsMatching('^' . strstr($channel, ';', true) . ';'));
        $names = array_map(static fn(AmiEvent $event): string => $event->name, $pending->events());
        self::assertSame(EventName::CHANNELS_HUNGUP_LIST_COMPLETE, array_pop($names));
        // The end of one half may end the other before the server comes to it.
        self::assertContains($names, [[EventName::CHANNEL_HUNGUP], [EventName::CHANNEL_HUNGUP, EventName::CHANNEL_HUNGUP]]);
    }

    #[DataProvider('versions')]
    public function test_an_answer_that_ends_with_an_event_has_it(string $version): void
    {
        $client = $this->client($version);
        $faxes = self::finished($client, new FAXStats());
        self::assertSame([EventName::FAX_STATS], array_map(static fn(AmiEvent $event): string => $event->name, $faxes->events()));
        $waited = self::finished($client, new WaitEvent(1));
        self::assertNull($waited->error());
        $names = array_map(static fn(AmiEvent $event): string => $event->name, $waited->events());
        self::assertSame(EventName::WAIT_EVENT_COMPLETE, end($names));
    }

    #[DataProvider('versions')]
    public function test_the_database_keeps_what_it_was_given(string $version): void
    {
        $client = $this->client($version);
        $family = 'apn-' . bin2hex(random_bytes(4));
        $client->call(new DBPut($family, 'key', 'a, "b": c'));
        $found = self::finished($client, new DBGet($family, 'key'))->events();
        self::assertSame('a, "b": c', $found[0]->get('Val'));
        $client->call(new DBDel($family, 'key'));
        self::assertInstanceOf(ActionErrorResponseException::class, self::finished($client, new DBGet($family, 'key'))->error());
    }

    #[DataProvider('versions')]
    public function test_a_file_is_changed_as_it_was_said(string $version): void
    {
        $client = $this->client($version);
        $file = 'apn-test-' . bin2hex(random_bytes(4)) . '.conf';
        $client->call(new CreateConfig($file));
        $client->call(new UpdateConfig($file, $file, [
            ConfigChange::newCategory('base', isTemplate: true),
            ConfigChange::newCategory('loud', isTemplate: true),
            ConfigChange::append('base', 'ring', 'yes', filter: 'TEMPLATES=restrict'),
            ConfigChange::newCategory('last', inherit: ['base', 'loud']),
            ConfigChange::newCategory('first', before: 'last'),
            ConfigChange::append('first', 'b', 'two, "three"'),
            ConfigChange::insert('first', 'a', 'one', 0),
            ConfigChange::append('first', 'c', 'gone'),
            ConfigChange::update('first', 'a', 'uno', match: 'one'),
            ConfigChange::delete('first', 'c', match: 'gone'),
            ConfigChange::newCategory('dropped'),
            ConfigChange::deleteCategory('dropped'),
            ConfigChange::newCategory('old'),
            ConfigChange::append('old', 'x', 'y'),
            ConfigChange::emptyCategory('old'),
            ConfigChange::renameCategory('old', 'new'),
        ]));
        $read = $client->call(new GetConfig($file));
        $said = [];
        foreach ($read->headers as $name => $value) {
            if (preg_match('/^(category|line)-/', $name) === 1) {
                self::assertIsString($value);
                $said[] = $value;
            }
        }
        self::assertSame(['first', 'a=uno', 'b=two, "three"', 'last', 'ring=yes', 'new'], $said);
    }

    private static function finished(AmiClient $client, TypedAction $action): PendingAction
    {
        $pending = $client->send($action);
        try {
            $pending->await(10_000);
        } catch (ActionErrorResponseException) {
            // It is in error() too.
        }

        return $pending;
    }

    /** The channel that a call was made to. */
    private static function called(AmiClient $client, Originate $action): string
    {
        $pending = $client->send($action);
        $pending->await(10_000);

        return (string) $pending->events()[0]->get('Channel');
    }

    private static function variable(AmiClient $client, string $name, string $channel): ?string
    {
        return $client->call(new Getvar($name, $channel))->get('Value');
    }
}
