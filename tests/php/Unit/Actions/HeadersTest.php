<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Actions;

use Apn\AmiClient\Actions\AbsoluteTimeout;
use Apn\AmiClient\Actions\AOCMessage;
use Apn\AmiClient\Actions\Command;
use Apn\AmiClient\Actions\ConfigChange;
use Apn\AmiClient\Actions\DBPut;
use Apn\AmiClient\Actions\Events;
use Apn\AmiClient\Actions\FAXSession;
use Apn\AmiClient\Actions\FAXStats;
use Apn\AmiClient\Actions\Filter;
use Apn\AmiClient\Actions\Hangup;
use Apn\AmiClient\Actions\JabberSend;
use Apn\AmiClient\Actions\Login;
use Apn\AmiClient\Actions\MessageSend;
use Apn\AmiClient\Actions\MixMonitor;
use Apn\AmiClient\Actions\MuteAudio;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\PJSIPNotify;
use Apn\AmiClient\Actions\QueueAdd;
use Apn\AmiClient\Actions\QueuePause;
use Apn\AmiClient\Actions\QueueReload;
use Apn\AmiClient\Actions\Redirect;
use Apn\AmiClient\Actions\SendText;
use Apn\AmiClient\Actions\Setvar;
use Apn\AmiClient\Actions\SIPnotify;
use Apn\AmiClient\Actions\Status;
use Apn\AmiClient\Actions\TypedAction;
use Apn\AmiClient\Actions\UpdateConfig;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\Actions\VoicemailUsersList;
use Apn\AmiClient\Actions\WaitEvent;
use Apn\AmiClient\Command as CommandStrategy;
use Apn\AmiClient\CompletionStrategy;
use Apn\AmiClient\InvalidConfigurationException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class HeadersTest extends TestCase
{
    /** @return iterable<string, array{callable(): TypedAction, array<string, mixed>}> */
    public static function actions(): iterable
    {
        yield 'what is not given is not sent' => [static fn() => new Hangup('PJSIP/alice-1'), ['Channel' => 'PJSIP/alice-1']];
        yield 'an empty string is sent' => [
            static fn() => new DBPut('cidname', '5551234', ''),
            ['Family' => 'cidname', 'Key' => '5551234', 'Val' => ''],
        ];
        yield 'zero and false are sent' => [
            static fn() => new QueueAdd('sales', 'PJSIP/alice', penalty: 0, paused: false),
            ['Queue' => 'sales', 'Interface' => 'PJSIP/alice', 'Penalty' => 0, 'Paused' => false],
        ];
        yield 'what is taken for a yes in any words' => [
            static fn() => new QueuePause('PJSIP/alice', true, reason: 'lunch'),
            ['Interface' => 'PJSIP/alice', 'Paused' => true, 'Reason' => 'lunch'],
        ];
        yield 'what is compared with yes' => [
            static fn() => new QueueReload(members: true, rules: false),
            ['Members' => 'yes', 'Rules' => 'no'],
        ];
        yield 'what is documented as on and off' => [
            static fn() => new MuteAudio('PJSIP/alice-1', 'in', false),
            ['Channel' => 'PJSIP/alice-1', 'Direction' => 'in', 'State' => 'off'],
        ];
        yield 'seconds with a fraction' => [
            static fn() => new AbsoluteTimeout('PJSIP/alice-1', 2.5),
            ['Channel' => 'PJSIP/alice-1', 'Timeout' => 2.5],
        ];
        yield 'a priority with a name' => [
            static fn() => new Redirect('PJSIP/alice-1', 'default', '100', 'again', extraChannel: 'PJSIP/bob-2'),
            ['Channel' => 'PJSIP/alice-1', 'Context' => 'default', 'Exten' => '100', 'Priority' => 'again', 'ExtraChannel' => 'PJSIP/bob-2'],
        ];
        yield 'a header with a dash' => [
            static fn() => new SendText('PJSIP/alice-1', 'hello', 'text/plain'),
            ['Channel' => 'PJSIP/alice-1', 'Message' => 'hello', 'Content-Type' => 'text/plain'],
        ];
        yield 'a function as a variable' => [
            static fn() => new Setvar('CALLERID(name)', 'Bob, the "man"', 'PJSIP/alice-1'),
            ['Variable' => 'CALLERID(name)', 'Value' => 'Bob, the "man"', 'Channel' => 'PJSIP/alice-1'],
        ];
        yield 'names as a list' => [
            static fn() => new Status(variables: ['FOO', 'CALLERID(num)'], allVariables: false),
            ['Variables' => 'FOO,CALLERID(num)', 'AllVariables' => false],
        ];
        yield 'names as one text' => [static fn() => new Status(variables: 'FOO,BAR'), ['Variables' => 'FOO,BAR']];
        yield 'no names' => [static fn() => new Status(variables: []), []];
        yield 'a mask of classes' => [static fn() => new Events(['call', 'agent']), ['EventMask' => 'call,agent']];
        yield 'a mask of none' => [static fn() => new Events([]), ['EventMask' => 'off']];
        yield 'a mask of all' => [static fn() => new Events(true), ['EventMask' => 'on']];
        yield 'a mask as Asterisk writes it' => [static fn() => new Events('system,call'), ['EventMask' => 'system,call']];
        yield 'a header for each variable' => [
            static fn() => new PJSIPNotify('alice', variables: ['Event' => 'check-sync', 'Content' => 'a,b']),
            ['Endpoint' => 'alice', 'Variable' => ['Event=check-sync', 'Content=a\\,b']],
        ];
        yield 'variables that are required, and a header with a dash' => [
            static fn() => new SIPnotify('SIP/alice', ['Event' => 'check-sync'], 'abc@host'),
            ['Channel' => 'SIP/alice', 'Variable' => ['Event=check-sync'], 'Call-ID' => 'abc@host'],
        ];
        yield 'a numbered list of units' => [
            static fn() => new AOCMessage('D', 'PJSIP/alice-1', chargeType: 'Unit', unitAmounts: [3, 7], unitTypes: [1]),
            [
                'MsgType' => 'D', 'Channel' => 'PJSIP/alice-1', 'ChargeType' => 'Unit', 'UnitAmount(0)' => 3, 'UnitAmount(1)' => 7,
                'UnitType(0)' => 1,
            ],
        ];
        yield 'what was numbered otherwise in PHP' => [
            static fn() => self::make(AOCMessage::class, msgType: 'D', channel: 'PJSIP/alice-1', unitAmounts: [2 => 3, 'b' => 7]),
            ['MsgType' => 'D', 'Channel' => 'PJSIP/alice-1', 'UnitAmount(0)' => 3, 'UnitAmount(1)' => 7],
        ];
        yield 'changes of which some were taken out' => [
            static fn() => self::make(UpdateConfig::class, source: 'a.conf', destination: 'b.conf', changes: [
                1 => ConfigChange::emptyCategory('sales'),
                'last' => ConfigChange::deleteCategory('gone'),
            ]),
            [
                'SrcFilename' => 'a.conf', 'DstFilename' => 'b.conf', 'Action-000000' => 'EmptyCat', 'Cat-000000' => 'sales',
                'Action-000001' => 'DelCat', 'Cat-000001' => 'gone',
            ],
        ];
        yield 'headers of the application' => [
            static fn() => new UserEvent('Mark', ['Campaign' => 7, 'Tag' => ['a', 'b']]),
            ['UserEvent' => 'Mark', 'Campaign' => 7, 'Tag' => ['a', 'b']],
        ];
        yield 'an operation that is the only one' => [
            static fn() => new Filter('Local/', 'name(Newchannel),header(Channel),startsWith'),
            ['Filter' => 'Local/', 'MatchCriteria' => 'name(Newchannel),header(Channel),startsWith', 'Operation' => 'Add'],
        ];
        yield 'a header that 16 and 22 write in different case' => [
            static fn() => new MixMonitor('PJSIP/alice-1', options: 'b'),
            ['Channel' => 'PJSIP/alice-1', 'Options' => 'b'],
        ];
        yield 'a header that servers read by another name than they document' => [
            static fn() => new JabberSend('asterisk', 'bob@example.org', 'hello'),
            ['Jabber' => 'asterisk', 'ScreenName' => 'bob@example.org', 'Message' => 'hello'],
        ];
        yield 'channels by a pattern' => [
            static fn() => Hangup::channelsMatching('^PJSIP/trunk-', 16),
            ['Channel' => '/^PJSIP/trunk-/', 'Cause' => 16],
        ];
    }

    /**
     * @param callable(): TypedAction $make
     * @param array<string, mixed> $headers
     */
    #[DataProvider('actions')]
    public function test_headers_are_those_that_asterisk_reads(callable $make, array $headers): void
    {
        self::assertSame($headers, $make()->headers());
    }

    public function test_changes_of_a_file_are_numbered(): void
    {
        $action = new UpdateConfig('queues.conf', 'queues.conf', [
            ConfigChange::newCategory('sales', before: 'support', allowDuplicates: true, inherit: ['base', 'loud']),
            ConfigChange::newCategory('base', isTemplate: true),
            ConfigChange::update('sales', 'strategy', 'ringall', match: 'linear'),
            ConfigChange::append('sales', 'member', '>PJSIP/alice', filter: 'type=queue'),
            ConfigChange::insert('sales', 'timeout', '10', 0),
            ConfigChange::delete('sales', 'weight'),
            ConfigChange::renameCategory('old', 'new'),
            ConfigChange::emptyCategory('sales'),
            ConfigChange::deleteCategory('gone'),
        ], reload: 'app_queue', preserveEffectiveContext: false);
        self::assertSame([
            'SrcFilename' => 'queues.conf', 'DstFilename' => 'queues.conf',
            'Action-000000' => 'NewCat', 'Cat-000000' => 'sales', 'Match-000000' => 'support',
            'Options-000000' => 'allowdups,inherit="base,loud"',
            'Action-000001' => 'NewCat', 'Cat-000001' => 'base', 'Options-000001' => 'template',
            'Action-000002' => 'Update', 'Cat-000002' => 'sales', 'Var-000002' => 'strategy', 'Value-000002' => 'ringall',
            'Match-000002' => 'linear',
            'Action-000003' => 'Append', 'Cat-000003' => 'sales', 'Var-000003' => 'member', 'Value-000003' => '>PJSIP/alice',
            'Options-000003' => 'catfilter="type=queue"',
            'Action-000004' => 'Insert', 'Cat-000004' => 'sales', 'Var-000004' => 'timeout', 'Value-000004' => '10', 'Line-000004' => 0,
            'Action-000005' => 'Delete', 'Cat-000005' => 'sales', 'Var-000005' => 'weight',
            'Action-000006' => 'RenameCat', 'Cat-000006' => 'old', 'Value-000006' => 'new',
            'Action-000007' => 'EmptyCat', 'Cat-000007' => 'sales',
            'Action-000008' => 'DelCat', 'Cat-000008' => 'gone',
            'Reload' => 'app_queue', 'PreserveEffectiveContext' => false,
        ], $action->headers());
    }

    public function test_an_answer_that_ends_with_an_event_is_waited_for(): void
    {
        foreach ([[new FAXStats(), 'faxstats'], [new FAXSession(1), 'faxsession'], [new WaitEvent(5), 'waiteventcomplete']] as [$action, $end]) {
            self::assertSame([$end], $action->completionStrategy()->terminalEvents());
        }
        self::assertInstanceOf(CommandStrategy::class, self::strategy(new Command('core show uptime')));
    }

    public function test_where_only_the_answer_can_tell_it_decides(): void
    {
        self::assertNull((new Hangup('PJSIP/alice-1'))->completionStrategy());
        self::assertNull(Hangup::channelsMatching('^PJSIP/')->completionStrategy());
        self::assertNull((new VoicemailUsersList())->completionStrategy());
    }

    public function test_waiting_for_an_event_is_given_longer_than_the_server_takes(): void
    {
        self::assertSame(40_000, (new WaitEvent(30))->completionStrategy()->maxDurationMs());
        self::assertSame(86_400_000, (new WaitEvent(-1))->completionStrategy()->maxDurationMs());
        self::assertSame(86_400_000, (new WaitEvent(100_000))->completionStrategy()->maxDurationMs());
    }

    public function test_a_secret_is_in_no_dump_and_no_export_and_is_sent(): void
    {
        $login = new Login('dialer', secret: 's3cret', key: 'digest');
        ob_start();
        var_dump($login, (array) $login);
        $shown = ob_get_clean() . print_r($login, true) . var_export($login, true) . json_encode($login);
        self::assertStringContainsString('dialer', $shown);
        self::assertStringNotContainsString('s3cret', $shown);
        self::assertStringNotContainsString('digest', $shown);
        self::assertSame(['Username' => 'dialer', 'Secret' => 's3cret', 'Key' => 'digest'], $login->headers());
    }

    public function test_what_may_be_a_secret_is_in_no_dump_and_is_sent_and_serialized(): void
    {
        $actions = [
            new Originate('Local/1', variables: ['DB_PASSWORD' => 's3cret']),
            new Setvar('DB_PASSWORD', 's3cret'),
            new DBPut('SIP', 'secret', 's3cret'),
            new MessageSend('pjsip:alice', variables: ['Token' => 's3cret']),
            new UpdateConfig('a.conf', 'a.conf', [
                ConfigChange::update('alice', 'secret', 's3cret', match: 's3cret'),
                ConfigChange::append('alice', 'secret', 's3cret'),
                ConfigChange::insert('alice', 'secret', 's3cret', 1),
                ConfigChange::delete('alice', 'secret', 's3cret'),
            ]),
        ];
        foreach ($actions as $action) {
            ob_start();
            var_dump($action, (array) $action);
            debug_zval_dump($action);
            $shown = ob_get_clean() . print_r($action, true) . var_export($action, true) . json_encode($action);
            self::assertStringNotContainsString('s3cret', $shown);
            self::assertStringContainsString('s3cret', print_r($action->headers(), true));
            $again = unserialize(serialize($action));
            self::assertInstanceOf($action::class, $again);
            self::assertSame($action->headers(), $again->headers());
        }
    }

    public function test_what_has_a_secret_cannot_be_serialized(): void
    {
        self::assertEquals(new Login('dialer'), unserialize(serialize(new Login('dialer'))));
        $this->expectExceptionMessage('Serialization');
        serialize(new Login('dialer', key: 'digest'));
    }

    /** @return iterable<string, array{callable(): TypedAction, string}> */
    public static function refused(): iterable
    {
        $originate = static fn(mixed $variables): callable => static fn() => self::make(Originate::class, channel: 'Local/1', variables: $variables);
        yield 'a list of variables' => [
            $originate(['PIN' => 's3cret', 'CAMPAIGN=s3cret']),
            'variables: 0 is no name of a variable; they are given as name => value',
        ];
        yield 'an array as the value of a variable' => [
            $originate(['PIN' => ['s3cret']]),
            'variables: the value of "PIN" is of type array, which has no text',
        ];
        yield 'an object as the value of a variable' => [
            $originate(['PIN' => new \stdClass()]),
            'variables: the value of "PIN" is of type stdClass, which has no text',
        ];
        yield 'nothing as the value of a variable' => [
            $originate(['PIN' => null]),
            'variables: the value of "PIN" is of type null, which has no text',
        ];
        yield 'a list of headers' => [
            static fn() => self::make(UserEvent::class, event: 'Mark', headers: ['Campaign: 7']),
            'headers: 0 is no name of a header; they are given as name => value',
        ];
        yield 'a header of the application that names the event anew' => [
            static fn() => new UserEvent('Mark', ['Tag' => 1, 'userevent' => 'Other']),
            'headers: "userevent" has an argument of its own',
        ];
    }

    /** @param callable(): TypedAction $make */
    #[DataProvider('refused')]
    public function test_what_would_arrive_as_something_else_is_refused(callable $make, string $message): void
    {
        $this->expectException(InvalidConfigurationException::class);
        $this->expectExceptionMessageMatches('/^' . preg_quote($message, '/') . '$/D');
        $make()->headers();
    }

    public function test_an_object_that_has_a_text_is_the_value_of_a_variable(): void
    {
        $text = new class implements \Stringable {
            public function __toString(): string
            {
                return 'a,b';
            }
        };
        $action = self::make(PJSIPNotify::class, variables: ['NOTE' => $text]);
        self::assertSame(['Variable' => ['NOTE=a\\,b']], $action->headers());
    }

    /**
     * What no analysis of types would let through.
     *
     * @param class-string<TypedAction> $class
     */
    private static function make(string $class, mixed ...$arguments): TypedAction
    {
        return new $class(...$arguments);
    }

    private static function strategy(TypedAction $action): ?CompletionStrategy
    {
        return $action->completionStrategy();
    }
}
