<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Polyfill;

use Apn\AmiClient\CompletionStrategy;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Redactor;
use Apn\AmiClient\RoutingCandidate;
use Apn\AmiClient\RoutingStrategy;
use Apn\AmiClient\Tests\Support\Polyfilled;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

/** Actions, strategies, routing, redaction and other values: the polyfill takes, refuses and says what the extension does. */
#[RequiresPhpExtension('apn_ami')]
final class ValuesTest extends TestCase
{
    /** @param array<mixed> $headers */
    #[DataProvider('actions')]
    public function test_actions_are_taken_and_refused_alike(string $name, array $headers): void
    {
        self::assertAlike(static function (\Closure $make) use ($name, $headers): array {
            /** @var GenericAction $action */
            $action = $make('GenericAction', $name, $headers);

            return [$action->name(), $action->headers(), $action->completionStrategy()];
        });
    }

    /** @return iterable<string, array{string, array<mixed>}> */
    public static function actions(): iterable
    {
        foreach (['Ping', ' Ping ', '', " \t", "a\nb", 'Originate', str_repeat('n', 1_014), str_repeat('n', 1_015), "Latin\xe9"] as $name) {
            yield 'name ' . substr($name, 0, 20) . \strlen($name) => [$name, []];
        }
        $stringable = new class implements \Stringable {
            public function __toString(): string
            {
                return 'said';
            }
        };
        foreach ([
            'values of all kinds' => ['A' => 'x', 'B' => 5, 'C' => true, 'D' => false, 'E' => null, 'F' => 1.0, 'G' => -0.1, 'H' => 1e21, 'I' => 1.5e-9, 'J' => $stringable, 'K' => PHP_INT_MIN],
            'floats' => ['A' => [0.1, 1 / 3, 1e15, 123456789.123, 5e-324, 1.7976931348623157e308, -0.0, 100.0]],
            'lists' => ['Variable' => ['a=1', 'b=2', null, 3], 'Empty' => [], 'variable' => 'c=3', 'One' => ['x']],
            'blanks before a value' => ['A' => "  \t x ", 'B' => '', 'C' => '   '],
            'bytes' => ['Latin' => "\xe9\xff", 'Control' => "\x01"],
            'a list that is none' => ['A' => ['x' => 'y']],
            'a list with a gap' => ['A' => [1 => 'y']],
            'no name' => ['value'],
            'no name, and an object' => ['A' => 1, 7 => new \stdClass()],
            'an array within a list' => ['A' => [['x']]],
            'an object' => ['A' => new \stdClass()],
            'NAN' => ['A' => NAN],
            'INF' => ['A' => INF],
            'CR' => ['Channel' => "PJSIP/1\rAction: Logoff"],
            'LF' => ['Channel' => "PJSIP/1\nX: \"quoted\" \\ \t é \xe9"],
            'NUL' => ['X' => "a\0b"],
            'LF and much behind it' => ['Channel' => "a\n" . str_repeat('x', 500)],
            'LF in a secret' => ['Secret' => "hush\n"],
            'LF in a variable' => ['Variable' => ["hush\n"]],
            'LF in data' => ['ApplicationData' => "hush\n"],
            'LF in a name' => ["X\nY" => 'v'],
            'an empty name' => ['' => 'v'],
            'a name with a colon' => ['X: y' => 'v'],
            'a name with blanks around' => [' X' => 'v'],
            'a name with blanks behind' => ['X ' => 'v'],
            'a name with a blank within' => ['X Y' => 'v'],
            'a name with a control byte' => ["X\x01" => 'v'],
            'a name that is too long' => [str_repeat('k', 80) . ':' => 'v'],
            'Action' => ['aCtion' => 'v'],
            'ActionID' => ['ActionID' => 'v'],
            'a line of 1,024 bytes' => ['X' => str_repeat('v', 1_019)],
            'a line of 1,025 bytes' => ['X' => str_repeat('v', 1_020)],
            '126 headers' => ['X' => array_fill(0, 126, 'v')],
            '127 headers' => ['X' => array_fill(0, 127, 'v')],
        ] as $what => $headers) {
            yield $what => ['Getvar', $headers];
        }
        foreach ([['Channel' => 'x'], ['async' => false], ['Async' => 'yes'], ['Async' => ''], ['Async' => '', 'ASYNC' => 'no'], ['Async' => null], ['X' => array_fill(0, 126, 'v')]] as $place => $headers) {
            yield "Originate $place" => ['originate', $headers];
        }
    }

    /** @param array<mixed> $arguments */
    #[DataProvider('strategies')]
    public function test_strategies_are_made_refused_and_asked_alike(string $class, array $arguments): void
    {
        self::assertAlike(static function (\Closure $make) use ($class, $arguments): array {
            /** @var CompletionStrategy $strategy */
            $strategy = $make($class, ...$arguments);
            $said = [$strategy->maxDurationMs(), $strategy->maxMessages()];
            foreach (['completeEvents', 'terminalEvents'] as $names) {
                if (method_exists($strategy, $names)) {
                    // @phpstan-ignore method.dynamicName (two methods of the same kind)
                    $said[] = $strategy->$names();
                }
            }
            foreach (["Response: Success\r\nEventList: start", 'Response: error', 'Response: Goodbye'] as $response) {
                // @phpstan-ignore argument.type (or one that is alike)
                $said[$response] = $strategy->isComplete($make('AmiResponse::fromRaw', 'a', $response));
            }
            foreach (['Event: A', "Event: X\r\nEventList: Complete", "Event: X\r\nEventList: cancelled", "Event: FooComplete\r\nEventList: no", "Event: X\r\na: b\r\nc: d\r\nEventList: Complete", 'Event: fooCOMPLETE', 'Event: OriginateResponse', "Event: A\r\nEventList: start", 'Event: Complet'] as $event) {
                // @phpstan-ignore argument.type (or one that is alike)
                $said[$event] = $strategy->isComplete($make('AmiEvent::fromRaw', 'a', $event));
            }

            return $said;
        });
    }

    /** @return iterable<array{string, array<mixed>}> */
    public static function strategies(): iterable
    {
        foreach (['SingleResponse', 'AsyncEvent', 'Command', 'EventList'] as $class) {
            foreach ([[], [null], [50], [49], [86_400_000], [86_400_001], [-1]] as $arguments) {
                yield [$class, $arguments];
            }
        }
        foreach ([[null, 0], [null, 1], [100, 1_000_000], [100, 1_000_001], [null, 5, ['A', ' b ', 'A']], [null, 5, ['']], [null, 5, [1]], [null, 5, ['x' => 'A']], [null, 5, array_fill(0, 17, 'A')]] as $arguments) {
            yield ['EventList', $arguments];
        }
        foreach (['MultiEvent', 'EventOnly'] as $class) {
            foreach ([[['A']], [['foocomplete', 'OriginateResponse'], 50, 7], [[]], [['A'], 10], [['A'], null, 0], [[null]]] as $arguments) {
                yield [$class, $arguments];
            }
        }
        yield ['CompleteWhen', [static fn(object $message): bool => str_contains($message::class, 'Event'), null, 5]];
        yield ['CompleteWhen', [static fn(): bool => true, 1]];
    }

    /**
     * @param array<mixed> $arguments
     * @param list<list<array<mixed>>> $rounds candidates, by the arguments of each
     */
    #[DataProvider('routings')]
    public function test_servers_are_chosen_alike(string $class, array $arguments, array $rounds): void
    {
        self::assertAlike(static function (\Closure $make) use ($class, $arguments, $rounds): array {
            /** @var RoutingStrategy $strategy */
            $strategy = $make($class, ...$arguments);
            $chosen = [];
            foreach ($rounds as $round) {
                /** @var list<RoutingCandidate> $candidates */
                $candidates = array_map(static fn(array $one): object => $make('RoutingCandidate', ...$one), $round);
                $chosen[] = $strategy->select($candidates, null);
                // @phpstan-ignore argument.type (or one that is alike)
                $chosen[] = $strategy->select($candidates, $make('GenericAction', 'Getvar', ['Channel' => 'PJSIP/' . \count($chosen), 'Number' => \count($chosen)]));
            }

            return $chosen;
        });
    }

    /** @return iterable<string, array{string, array<mixed>, list<list<array<mixed>>>}> */
    public static function routings(): iterable
    {
        $keys = static fn(string ...$keys): array => array_map(static fn(string $key): array => [$key], array_values($keys));
        $rounds = [$keys('a', 'b', 'c'), $keys('a', 'b', 'c'), $keys('a', 'c'), $keys('c'), $keys('b', 'a'), [], $keys('d', 'e', 'f', 'g', 'h')];
        $loaded = [
            [['a', 3], ['b', 1], ['c', 1]], [['a', 3], ['b', 1], ['c', 1]], [['a', 0], ['b', 1]], [['a', 0, 0, 0, 5.0], ['b', 1, 0, 0, 1.2], ['c', 1, 0, 0, 2.0]],
            [['a', 0, 2_500], ['b', 1, 999], ['c', 1, 1_000]], [['a', 1, 0, 0, 1.0, true], ['b', 3]], [['a', 0, 0, 0, 1.001], ['b', 1]], [['a', 0, 0, 0, null], ['b', 0, 0, 0, 0.0]],
        ];
        foreach (['RoundRobin', 'LeastPending', 'HealthAware'] as $class) {
            yield $class => [$class, [], $rounds];
            yield "$class, loaded" => [$class, [], $loaded];
        }
        foreach ([['b'], ['x'], [''], ['a b'], ['a:b'], [str_repeat('k', 65)]] as $place => $arguments) {
            yield "Explicit $place" => ['Explicit', $arguments, $rounds];
        }
        foreach ([[['c', 'b']], [['x', 'a']], [[]], [['a', '']], [[1]], [['k' => 'a']], [array_fill(0, 65, 'a')]] as $place => $arguments) {
            yield "Failover $place" => ['Failover', $arguments, $rounds];
        }
        foreach ([['channel'], ['Absent'], [''], ['two words'], [str_repeat('h', 129)], ['number'], [static fn(): null => null], [static fn(): int => 7], [static fn(): float => 7.5]] as $place => $arguments) {
            yield "Sticky $place" => ['Sticky', $arguments, [...$rounds, ...array_fill(0, 20, $keys('d', 'e', 'f', 'g', 'h', 'i', 'pbx-1', 'pbx-2'))]];
        }
        foreach ([[['a', -1]], [['a', 0, -1]], [['a', 0, 0, -1]], [['a', 0, 0, 0, -0.5]], [['a', 0, 0, 0, NAN]], [['a', 0, 0, 0, INF]], [['a b']]] as $place => $round) {
            yield "a candidate that is none, $place" => ['RoundRobin', [], [$round]];
        }
    }

    public function test_secrets_are_hidden_alike(): void
    {
        $names = ['Secret', 'SecretExist', 'NewPassword', 'PasswordDigest', 'PrivKeyFile', 'UsingPassword', 'Key', 'api_key', 'APIKey', 'server_key', 'DtlsPrivateKey', 'Md5Cred', 'RefreshToken', 'ReceivedHash', 'ExpectedResponse', 'AccountCode', 'PIN', 'pin2', 'PINCode', 'token_md5', 'sha256', 'max_tokens', 'X-Api-Key', 'oauth.token', 'Auth', 'authKey1', 'user_pass', 'SIPPASSWORD', '', '-', 'sshKeys', 'SessionKey', 'HTTPSecret2x', 'isSecret', 'Ångström-pass'];
        $texts = ['secret=hunter2', '  secret = hun ter,2;', 'secret => hunter2', 'DB_PASSWORD=hunter2,B=1', "a=1\nsecret=hunter2\nb=2", 'user x with password: hunter2 failed', 'Set(PIN=1234)', 'Set(CHANNEL(secret)=1234)', 'token="hun ter2" name="x"', "token='hun ter2' name='x'", '{"user":"x","password":"hun\"ter2","n":1}', '{\"secret\":\"hunter2\",\"n\":1}', '{"pin":1234}', 'GET /x?token=hunter2&y=1 HTTP', 'SIPAddHeader(Authorization: Bearer hunter2)', 'Cookie: a=b; c=hunter2', 'https://bob:hunter2@example.com/x', '<sip:bob:hunter2@192.0.2.1:5060>', 'SIPS:bob:hunter2@h', 'sip:bob@192.0.2.1', 'bob@example.com 10:30', 'Asterisk Call Manager/11.0.0', 'time: 10:30:00', '=', ':@=', 'secret=', '', 'password="unfinished', 'password="a\\', "secret\t:: x y\r\nz", str_repeat('x', 200) . 'secret=1', "caf\xe9secret=1", 'secret=a@b:c', "secret=\nnext=1"];
        self::assertAlike(static function (\Closure $make) use ($names, $texts): array {
            /** @var Redactor $redactor */
            $redactor = $make('Redactor');
            $deep = 'bottom';
            for ($level = 0; $level < 40; $level++) {
                $deep = [$deep];
            }

            return [
                $redactor->redact(array_fill_keys($names, 'value')),
                array_map($redactor->text(...), $texts),
                $redactor->redact(['list' => [1, 2.5, null, true, 'secret=x'], 'Secret' => null, 'Password' => ['a' => 1], 5 => 'pin=1', 'deep' => $deep]),
                $redactor->redact(array_fill(0, 10_005, 'x')),
            ];
        });
    }

    public function test_the_applications_own_secrets_are_hidden_alike(): void
    {
        self::assertAlike(static function (\Closure $make): array {
            $options = $make('ClientOptions', redactionKeys: ['account_code'], redactionKeyPatterns: ['/^card/i'], redactionValuePatterns: ['/\b\d{13,16}\b/', '~number=(\w+);(x)?~i']);
            /** @var Redactor $redactor */
            $redactor = $make('Redactor', $options);

            return [
                $redactor->redact(['AccountCode' => 'x', 'CardHolder' => 'x', 'discard' => 'x', 'text' => '4111111111111111 of Number=abc; 123456789012']),
                $redactor->text("4111111111111111 of Number=abc;x number=d; 123456789012 \xff card=1"),
            ];
        });
    }

    public function test_numbers_of_ticks_and_gaps_are_taken_and_refused_alike(): void
    {
        foreach ([[], [1, 2, 3, 4, 5, 6, 7, 8, 9, true, 'memory_limit'], [0, -1], [0, 0, 0, 0, 0, 0, 0, 0, 0, true]] as $arguments) {
            self::assertAlike(static function (\Closure $make) use ($arguments): array {
                $summary = $make('TickSummary', ...$arguments);

                return [get_object_vars($summary), method_exists($summary, 'hasProgress') ? $summary->hasProgress() : null];
            });
        }
        foreach ([['a', 1.5, 2.5, 'end_of_file'], ['a', 1.0, 2.0, 'io_error', 'said', 2, 3], ['a', 0.0, 0.0, '', '', -1], ['a', 0.0, 0.0, '', '', 1, -1]] as $arguments) {
            self::assertAlike(static fn(\Closure $make): array => get_object_vars($make('ConnectionGap', ...$arguments)));
        }
    }

    /** @param array<mixed> $arguments */
    #[DataProvider('values')]
    public function test_values_are_not_cloned_serialized_or_extended(string $class, array $arguments): void
    {
        foreach ([
            static fn(object $value): object => clone $value,
            static fn(object $value): string => serialize($value),
            // @phpstan-ignore property.notFound (what is refused)
            static fn(object $value): string => $value->further = 'x',
        ] as $refused) {
            [$native, $polyfill] = Polyfilled::both(static fn(\Closure $make): mixed => $refused($make($class, ...$arguments)));
            self::assertIsArray($native);
            self::assertSame($native, $polyfill);
        }
    }

    /** @return iterable<string, array{string, array<mixed>}> */
    public static function values(): iterable
    {
        yield 'event' => ['AmiEvent::fromRaw', ['a', 'Event: X']];
        yield 'response' => ['AmiResponse::fromRaw', ['a', 'Response: X']];
        yield 'action' => ['GenericAction', ['Ping']];
        yield 'strategy' => ['EventList', []];
        yield 'function' => ['CompleteWhen', [static fn(): bool => true]];
        yield 'routing' => ['RoundRobin', []];
        yield 'candidate' => ['RoutingCandidate', ['a']];
        yield 'summary' => ['TickSummary', []];
        yield 'gap' => ['ConnectionGap', ['a', 0.0, 1.0, 'io_error']];
        yield 'options' => ['ClientOptions', []];
        yield 'server' => ['ServerConfig', ['a', '127.0.0.1', 'u', 's']];
        yield 'servers' => ['ServerRegistry', []];
        yield 'redactor' => ['Redactor', []];
    }

    public function test_an_exception_that_php_made_knows_nothing(): void
    {
        Polyfilled::register();
        foreach (Polyfilled::names() as $name) {
            if (!str_ends_with($name, 'Exception') || $name === 'AmiException') {
                continue;
            }
            self::assertAlike(static function (\Closure $make) use ($name): array {
                $exception = $make($name, 'said', 5);
                $said = $exception instanceof \Throwable ? [$exception->getMessage(), $exception->getCode()] : [];
                foreach (new \ReflectionClass($exception)->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
                    // Those of one object throw where there is none.
                    if (str_contains($method->class, 'AmiClient') && !\in_array($method->name, ['response', 'result'], true)) {
                        $said[$method->name] = $method->invoke($exception);
                    }
                }

                return $said;
            });
        }
    }

    /** @param \Closure(\Closure(string, mixed...): object): mixed $do */
    private static function assertAlike(\Closure $do): void
    {
        [$native, $polyfill] = Polyfilled::both($do);
        self::assertSame(var_export($native, true), var_export($polyfill, true));
    }
}
