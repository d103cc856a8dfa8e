<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway;

use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\ActionException;
use Apn\AmiClient\ActionSendFailedException;
use Apn\AmiClient\ActionTimeoutException;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\AuthenticationException;
use Apn\AmiClient\BackpressureException;
use Apn\AmiClient\ConnectionLostException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Gateway\ActionNotAllowedException;
use Apn\AmiClient\Gateway\Answer;
use Apn\AmiClient\Gateway\Exceptions;
use Apn\AmiClient\Gateway\GatewayException;
use Apn\AmiClient\Gateway\Seal;
use Apn\AmiClient\Gateway\Wire;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\InvalidConnectionStateException;
use Apn\AmiClient\OriginateFailedException;
use Apn\AmiClient\ParserDesyncException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What a listener throws is thrown at the sender: the same class, message and getters. */
final class ExceptionsTest extends TestCase
{
    /**
     * @param class-string<\Throwable> $class
     * @param array<string, mixed> $fields by getter
     */
    #[DataProvider('exceptions')]
    public function test_it_arrives_as_it_was(string $class, array $fields): void
    {
        $sent = Exceptions::with(new $class("what happened \xff"), $fields);
        $arrived = self::sent($sent);
        self::assertSame($class, $arrived::class);
        self::assertSame("what happened \xff", $arrived->getMessage());
        self::assertInstanceOf(AmiException::class, $arrived);
        foreach ($fields as $getter => $value) {
            $got = new \ReflectionMethod($arrived, $getter)->invoke($arrived);
            if ($value instanceof AmiResponse || $value instanceof AmiEvent) {
                self::assertInstanceOf($value::class, $got);
                self::assertSame([$value->raw(), $value->serverKey, $value->receivedAt], [$got->raw(), $got->serverKey, $got->receivedAt]);
            } else {
                self::assertSame($value, $got, $getter);
            }
        }
    }

    /** @return iterable<string, array{class-string<\Throwable>, array<string, mixed>}> */
    public static function exceptions(): iterable
    {
        $action = ['serverKey' => 'pbx1', 'actionId' => 'pbx1:x:7', 'actionName' => 'Originate'];
        $response = AmiResponse::fromRaw('pbx1', "Response: Error\r\nMessage: caf\xe9", 1_700_000_000.123456);
        $event = AmiEvent::fromRaw('pbx1', "Event: OriginateResponse\r\nReason: 5\r\nReason: 6", 1_700_000_000.25);
        yield 'an error response' => [ActionErrorResponseException::class, $action + ['response' => $response]];
        yield 'a call that failed' => [OriginateFailedException::class, $action + ['response' => $response, 'reason' => 5, 'result' => $event]];
        yield 'a timeout' => [ActionTimeoutException::class, $action + ['timeoutMs' => 30_000]];
        yield 'not sent' => [ActionSendFailedException::class, $action];
        yield 'not allowed' => [ActionNotAllowedException::class, $action];
        yield 'a lost connection' => [ConnectionLostException::class, ['serverKey' => 'pbx1', 'state' => ConnectionState::Reconnecting, 'host' => '10.0.0.1', 'port' => 5038, 'actionId' => 'pbx1:x:7']];
        yield 'a refused login' => [AuthenticationException::class, ['serverKey' => 'pbx1', 'state' => null, 'host' => null, 'port' => null]];
        yield 'a state' => [InvalidConnectionStateException::class, ['serverKey' => 'pbx1', 'state' => ConnectionState::Connecting, 'states' => null]];
        yield 'states' => [InvalidConnectionStateException::class, ['serverKey' => null, 'state' => null, 'states' => ['base64' => ConnectionState::Fatal, '7' => ConnectionState::Closing]]];
        yield 'one state' => [InvalidConnectionStateException::class, ['states' => ['base64' => ConnectionState::Fatal]]];
        yield 'backpressure' => [BackpressureException::class, ['serverKey' => 'pbx1', 'limitName' => 'max_pending_actions', 'limit' => 5000, 'current' => 5000]];
        yield 'garbage' => [ParserDesyncException::class, ['serverKey' => 'pbx1', 'actionId' => 'pbx1:x:7']];
        yield 'a bad value' => [InvalidConfigurationException::class, ['key' => 'Variable', 'value' => "a\r\n\xff", 'suggestion' => 'Channel']];
    }

    public function test_causes_travel_and_end_somewhere(): void
    {
        $thrown = new InvalidConnectionStateException('lost', 0, new ConnectionLostException('reset'));
        self::assertSame('reset', self::sent($thrown)->getPrevious()?->getMessage());
        $deep = new \RuntimeException('the first');
        for ($depth = 0; $depth < 50; $depth++) {
            $deep = new \RuntimeException("cause $depth", 0, $deep);
        }
        $count = 0;
        for ($arrived = self::sent($deep); $arrived !== null; $arrived = $arrived->getPrevious()) {
            $count++;
        }
        self::assertLessThan(10, $count);
    }

    public function test_a_class_that_the_sender_may_not_know_keeps_its_name(): void
    {
        $arrived = self::sent(new \DomainException('mine'));
        self::assertInstanceOf(GatewayException::class, $arrived);
        self::assertSame([\DomainException::class, 'mine'], [$arrived->originalClass(), $arrived->getMessage()]);
        $child = self::sent(new class ('my own') extends ActionException {});
        self::assertSame([ActionException::class, 'my own'], [$child::class, $child->getMessage()]);
    }

    public function test_nothing_but_exceptions_of_this_package_is_made_of_what_comes(): void
    {
        foreach ([\SplFileObject::class, \Exception::class, 'no such class', null, 7] as $class) {
            $arrived = Exceptions::decode(['class' => $class, 'known' => $class, 'message' => '/etc/passwd', 'fields' => ['response' => 'x', 'state' => ['state' => 'no such']]]);
            self::assertInstanceOf(GatewayException::class, $arrived);
        }
    }

    public function test_an_answer_arrives_byte_by_byte(): void
    {
        $seal = new Seal('a key that only tests have');
        $bytes = implode('', array_map(chr(...), [...range(1, 9), ...range(11, 12), ...range(14, 255)]));
        $response = AmiResponse::fromRaw('pbx1', "Response: Success\r\nValue: $bytes\r\nValue: second", 1_700_000_000.000001);
        $events = [AmiEvent::fromRaw('pbx1', "Event: A\r\n$bytes: x", 1.5), AmiEvent::fromRaw('pbx1', 'Event: B', 2.0)];
        $sealed = new Answer('pbx1', 'pbx1:x:7', $response, $events)->seal($seal, 'id');
        $arrived = Answer::open($seal, 'id', $sealed);
        self::assertSame([$response->raw(), $response->receivedAt], [$arrived?->response?->raw(), $arrived?->response?->receivedAt]);
        self::assertSame(
            array_map(static fn(AmiEvent $event): array => [$event->raw(), $event->receivedAt, $event->serverKey], $events),
            array_map(static fn(AmiEvent $event): array => [$event->raw(), $event->receivedAt, $event->serverKey], $arrived->events ?? []),
        );
        self::assertNull(Answer::open($seal, 'another id', $sealed));
    }

    public function test_a_seal_opens_only_what_was_closed_with_it_and_where_it_belongs(): void
    {
        $seal = new Seal('a key that only tests have');
        $sealed = $seal->close("text\x00", 'request 1');
        self::assertSame("text\x00", $seal->open($sealed, 'request 1'));
        self::assertNotSame($sealed, $seal->close("text\x00", 'request 1'));
        self::assertNull($seal->open($sealed, 'request 2'));
        self::assertNull(new Seal('another key of a good length')->open($sealed, 'request 1'));
        for ($at = 0; $at < \strlen($sealed); $at++) {
            $changed = $sealed;
            $changed[$at] = \chr(\ord($changed[$at]) ^ 1);
            self::assertNull($seal->open($changed, 'request 1'), "byte $at");
        }
        self::assertNull($seal->open('', 'request 1'));
        self::assertNull($seal->open(substr($sealed, 0, 20), 'request 1'));
        self::assertStringNotContainsString('only tests', print_r($seal, true));
    }

    public function test_a_short_key_is_refused_and_not_shown(): void
    {
        try {
            new Seal('short');
            self::fail('it was taken');
        } catch (InvalidConfigurationException $e) {
            self::assertSame('gateway.key', $e->key());
            self::assertStringNotContainsString('short', str_replace('too short', '', $e->getMessage()));
        }
    }

    private static function sent(\Throwable $exception): \Throwable
    {
        $decoded = Wire::decode(Wire::encode(Exceptions::encode($exception)));
        self::assertIsArray($decoded);

        return Exceptions::decode($decoded);
    }
}
