<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Console;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Console\ActionInput;
use Apn\AmiClient\Console\ActionRisk;
use Apn\AmiClient\Diagnosis\Catalog;
use Apn\AmiClient\EventList;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Unit\Actions\Documented;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

#[RequiresPhpExtension('apn_ami')]
final class ActionInputTest extends TestCase
{
    /** What takes no header of this name, as several arguments or a list of the application's own make it. */
    private const array MADE_OTHERWISE = ['actionid', 'header1', 'headern', 'cat-000000', 'var-000000', 'value-000000', 'match-000000', 'line-000000', 'options-000000',
        'action-000000', 'unitamount(0)', 'unittype(0)', 'jid'];

    public function test_headers_become_the_arguments_of_the_typed_action(): void
    {
        $action = ActionInput::read('originate', ['channel=Local/1@x', 'EXTEN=100', 'Context=default', 'priority=1', 'CallerID="A" <1>', 'Timeout=5000', 'Variable=A=b', 'Variable=C=d=e,f', 'async=yes']);
        self::assertInstanceOf(Originate::class, $action);
        self::assertEquals(new Originate('Local/1@x', '100', 'default', '1', timeout: 5000, callerId: '"A" <1>', variables: ['A' => 'b', 'C' => 'd=e,f']), $action);
    }

    public function test_what_an_action_of_the_application_has_goes_along(): void
    {
        self::assertSame(['UserEvent' => 'Foo', 'Bar' => '1', 'Baz' => 'x=y'], ActionInput::read('UserEvent', ['UserEvent=Foo', 'Bar=1', 'Baz=x=y'])->headers());
    }

    /** @return iterable<string, array{string, list<string>, string}> */
    public static function mistakes(): iterable
    {
        yield 'an action nearly known' => ['Originat', [], 'did you mean "Originate"?'];
        yield 'an action not known' => ['Frobnicate', [], '--as-given'];
        yield 'a header nearly known' => ['Hangup', ['Chanel=x'], 'did you mean "Channel"?'];
        yield 'a header not known' => ['Hangup', ['Frobnication=x'], 'it takes Channel, Cause'];
        yield 'a header where there is none' => ['Ping', ['x=1'], 'it takes none'];
        yield 'a header left out' => ['Hangup', ['Cause=16'], 'Hangup needs Channel=: the name of the channel'];
        yield 'a number that is none' => ['Hangup', ['Channel=x', 'Cause=busy'], 'Cause must be a whole number'];
        yield 'neither yes nor no' => ['QueueAdd', ['Queue=q', 'Interface=i', 'Paused=perhaps'], 'Paused must be yes or no'];
        yield 'a header given twice' => ['Hangup', ['Channel=x', 'channel=y'], 'given twice'];
        yield 'changes of a file' => ['UpdateConfig', ['SrcFilename=a', 'DstFilename=a', 'Changes=x'], '--as-given'];
    }

    /** @param list<string> $given */
    #[DataProvider('mistakes')]
    public function test_a_mistake_is_refused_before_anything_is_sent(string $name, array $given, string $message): void
    {
        $this->expectException(\InvalidArgumentException::class);
        $this->expectExceptionMessage($message);
        ActionInput::read($name, $given);
    }

    public function test_a_value_without_a_name_may_be_a_secret_and_is_not_repeated(): void
    {
        try {
            ActionInput::read('Login', ['Username=a', 'hunter2']);
            self::fail('it was taken');
        } catch (\InvalidArgumentException $refused) {
            self::assertStringNotContainsString('hunter2', $refused->getMessage());
        }
    }

    public function test_what_is_not_known_is_sent_as_given(): void
    {
        $action = ActionInput::read('MyModuleDo', ['A=1', 'B=2', 'B=3'], true);
        self::assertInstanceOf(GenericAction::class, $action);
        self::assertSame(['A' => '1', 'B' => ['2', '3']], $action->headers());
        self::assertInstanceOf(EventList::class, ActionInput::read('pjsipshowendpoints', ['New=1'], true)->completionStrategy());
    }

    /** Nobody has to know how PHP names the argument of a header that Asterisk documents. */
    public function test_every_documented_header_of_every_action_is_known(): void
    {
        $unknown = [];
        foreach (Documented::actions('22') + Documented::actions('16') as $name => $parameters) {
            $usage = implode("\n", ActionInput::usage($name));
            foreach ($parameters as $header => $parameter) {
                if (!\in_array($header, self::MADE_OTHERWISE, true) && stripos("\n$usage", "\n{$parameter['name']}=") === false) {
                    $unknown[] = "$name $header";
                }
            }
        }
        self::assertSame([], $unknown);
    }

    public function test_every_action_says_what_it_takes(): void
    {
        foreach (array_keys(Documented::actions('22') + Documented::actions('16')) as $name) {
            self::assertNotSame([], ActionInput::usage($name), $name);
        }
    }

    public function test_what_only_looks_needs_no_confirmation_and_all_else_does(): void
    {
        $looking = array_filter(Catalog::actions(), static fn(string $name): bool => !ActionRisk::changesSomething(new GenericAction($name)));
        foreach (['Ping', 'QueueStatus', 'PJSIPShowEndpoints', 'Status', 'DBGet'] as $name) {
            self::assertContains($name, $looking);
        }
        foreach ($looking as $name) {
            self::assertSame(0, preg_match('/^(?!DialPlan).*(Add|Del|Set(?!tings)|Remove|Reload|Load|Update|Create|Mute|Kick|Hangup|Redirect|Send|Pause|Reset|Logoff|Login|Transfer)(?!.*(State|Status))/', $name), "$name sounds as if it changed something");
        }
        foreach (['core show channels' => false, 'sip show peers' => false, 'queue show' => false, 'database show' => false, 'core restart now' => true, 'module reload' => true, 'channel request hangup all' => true, 'dialplan reload; core show version' => true] as $command => $changes) {
            self::assertSame($changes, ActionRisk::changesSomething(new GenericAction('Command', ['Command' => $command])), $command);
        }
    }

    public function test_reading_a_function_may_change_something_and_reading_a_variable_does_not(): void
    {
        self::assertFalse(ActionRisk::changesSomething(new GenericAction('Getvar', ['Channel' => 'PJSIP/a', 'Variable' => 'CALLID'])));
        self::assertFalse(ActionRisk::changesSomething(new GenericAction('Status', ['Variables' => 'A,B'])));
        self::assertTrue(ActionRisk::changesSomething(new GenericAction('Getvar', ['variable' => 'SHELL(reboot)'])));
        self::assertTrue(ActionRisk::changesSomething(new GenericAction('status', ['Variables' => ['A', 'B,DB_DELETE(a/b)']])));
    }
}
