<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Actions;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AsyncEvent;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class OriginateTest extends TestCase
{
    public function test_a_call_to_an_extension_begins_at_its_first_priority(): void
    {
        $action = Originate::toExtension('PJSIP/alice', 'default', '1000', timeout: 20_000, codecs: ['alaw', 'ulaw']);
        self::assertSame([
            'Channel' => 'PJSIP/alice', 'Exten' => '1000', 'Context' => 'default', 'Priority' => 1, 'Timeout' => 20_000, 'Async' => true,
            'Codecs' => 'alaw,ulaw',
        ], $action->headers());
    }

    public function test_a_call_to_an_application_names_no_extension(): void
    {
        $action = Originate::toApplication('PJSIP/alice', 'Playback', 'hello-world', account: 'sales', earlyMedia: true);
        self::assertSame([
            'Channel' => 'PJSIP/alice', 'Application' => 'Playback', 'Data' => 'hello-world', 'Account' => 'sales', 'EarlyMedia' => true,
            'Async' => true,
        ], $action->headers());
    }

    public function test_it_waits_for_the_result_unless_it_blocks_the_session(): void
    {
        self::assertInstanceOf(AsyncEvent::class, Originate::toExtension('PJSIP/alice', 'default', '1000')->completionStrategy());
        $blocking = Originate::toExtension('PJSIP/alice', 'default', '1000', async: false);
        self::assertNull($blocking->completionStrategy());
        self::assertFalse($blocking->headers()['Async']);
    }

    public function test_both_ways_take_all_that_the_constructor_takes(): void
    {
        $names = static fn(string $method): array => array_map(
            static fn(\ReflectionParameter $parameter): string => $parameter->getName(),
            (new \ReflectionMethod(Originate::class, $method))->getParameters(),
        );
        $all = [...array_diff($names('__construct'), ['callerId']), 'callerIdName', 'callerIdNumber'];
        self::assertEqualsCanonicalizing(array_values(array_diff($all, ['application', 'data'])), $names('toExtension'));
        // A subroutine before dialling is read only where an extension is.
        self::assertEqualsCanonicalizing(
            array_values(array_diff($all, ['exten', 'context', 'priority', 'preDialGoSub'])),
            $names('toApplication'),
        );
    }

    public function test_nothing_is_lost_on_the_way_to_the_constructor(): void
    {
        $more = [
            'timeout' => 1, 'callerIdName' => 'n', 'callerIdNumber' => '2', 'variables' => ['V' => 3], 'account' => 'a', 'earlyMedia' => false,
            'async' => false, 'codecs' => 'c', 'channelId' => 'i', 'otherChannelId' => 'o',
        ];
        $headers = [
            'Timeout' => 1, 'CallerID' => '"n" <2>', 'Variable' => ['V=3'], 'Account' => 'a', 'EarlyMedia' => false, 'Async' => false,
            'Codecs' => 'c', 'ChannelId' => 'i', 'OtherChannelId' => 'o',
        ];
        $extension = ['Channel' => 'C', 'Exten' => 'e', 'Context' => 'x', 'Priority' => 'p'];
        self::assertSame($extension + $headers + ['PreDialGoSub' => 'g'], Originate::toExtension('C', 'x', 'e', 'p', ...$more, preDialGoSub: 'g')->headers());
        $application = ['Channel' => 'C', 'Application' => 'A', 'Data' => 'd'];
        self::assertSame($application + $headers, Originate::toApplication('C', 'A', 'd', ...$more)->headers());
    }

    /** @return iterable<string, array{?string, ?string, ?string}> */
    public static function callerIds(): iterable
    {
        yield 'none' => [null, null, null];
        yield 'name and number' => ['Alice', '100', '"Alice" <100>'];
        yield 'a number alone' => [null, '100', '<100>'];
        yield 'a name alone' => ['Alice', null, '"Alice" <>'];
        yield 'a name that could be a number' => ['100', null, '"100" <>'];
        yield 'a name with quotes and backslashes' => ['Bob "B\\B"', '1', '"Bob \\"B\\\\B\\"" <1>'];
        yield 'a name with brackets' => ['Bob <2>', '1', '"Bob <2>" <1>'];
    }

    #[DataProvider('callerIds')]
    public function test_a_caller_id_is_put_together_as_asterisk_takes_it_apart(?string $name, ?string $number, ?string $header): void
    {
        $actions = [
            Originate::toExtension('PJSIP/alice', 'default', '1000', callerIdName: $name, callerIdNumber: $number),
            Originate::toApplication('PJSIP/alice', 'Wait', '1', callerIdName: $name, callerIdNumber: $number),
        ];
        foreach ($actions as $action) {
            self::assertSame($header, $action->headers()['CallerID'] ?? null);
        }
    }

    /** @return iterable<string, array{string|int|float|bool, string}> */
    public static function values(): iterable
    {
        yield 'a word' => ['word', 'V=word'];
        yield 'nothing' => ['', 'V='];
        yield 'a comma, which would end the value' => ['a,b', 'V=a\\,b'];
        yield 'a comma and another variable' => ['a,W=b', 'V=a\\,W=b'];
        yield 'quotes, which would be taken away' => ['"a"', 'V=\\"a\\"'];
        yield 'a backslash, which would be taken away' => ['C:\\', 'V=C:\\\\'];
        yield 'spaces around it' => [' a ', 'V= a '];
        yield 'an equals sign' => ['a=b', 'V=a=b'];
        yield 'a number' => [7, 'V=7'];
        yield 'a number with a fraction' => [1795230054.535824, 'V=1795230054.535824'];
        yield 'a yes' => [true, 'V=1'];
        yield 'a no' => [false, 'V=0'];
    }

    #[DataProvider('values')]
    public function test_a_value_of_a_variable_arrives_as_it_is(string|int|float|bool $value, string $header): void
    {
        $action = Originate::toExtension('PJSIP/alice', 'default', '1000', variables: ['V' => $value, '__W' => 1]);
        self::assertSame([$header, '__W=1'], $action->headers()['Variable']);
    }
}
