<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Bridge;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Bridge\MalformedPayloadException;
use Apn\AmiClient\Bridge\PayloadKind;
use Apn\AmiClient\ConnectionGap;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class EventPayloadTest extends TestCase
{
    public function test_it_has_what_the_event_has_in_the_order_sent(): void
    {
        $payload = EventPayload::of(AmiEvent::fromRaw('pbx1', "Event: Hangup\r\nChannel: a\r\nCause:16\r\nVariable: x=1\r\nvariable: y=2", 1700000000.123456));

        self::assertSame(PayloadKind::Event, $payload->kind);
        self::assertSame(['Hangup', 'pbx1', 1700000000.123456], [$payload->name, $payload->serverKey, $payload->receivedAt]);
        self::assertSame([['Event', 'Hangup'], ['Channel', 'a'], ['Cause', '16'], ['Variable', 'x=1'], ['variable', 'y=2']], $payload->headers);
        self::assertSame(['16', ['x=1', 'y=2'], true, false], [$payload->get('CAUSE'), $payload->all('VARIABLE'), $payload->has('channel'), $payload->has('no')]);
    }

    /** Both read the same bytes, by code of their own. */
    #[DataProvider('frames')]
    public function test_it_reads_every_frame_as_the_extension_does(string $frame): void
    {
        $event = AmiEvent::fromRaw('a', $frame);
        $expected = $event->headers;
        $found = [];
        foreach (EventPayload::of($event)->headers as [$name, $value]) {
            $name = strtolower($name);
            $found[$name] = \array_key_exists($name, $found) ? [...(array) $found[$name], $value] : $value;
        }

        self::assertSame($expected, $found);
    }

    /** @return iterable<string, array{string}> */
    public static function frames(): iterable
    {
        yield 'folded, without a colon, without a name, empty' => ["Event: X\nA: 1\n B: 2\n\tC: 3\nnocolon\n: v\nD:\nE : sp  \nF:  two\n\nG: 1"];
        yield 'carriage returns within and at the end' => ["Event: X\r\nA: 1\r\r\nB: \r2\r\nC: 3\r"];
        yield 'numbers as names' => ["Event: X\r\n12: a\r\n12: b"];
        yield 'the name late, and twice' => ["A: 1\r\nEvent:  Late one \r\nEvent: Z"];
        yield 'bytes' => ["Event: X\r\nName: \xff\xfe\x00\r\n\xe4: 1"];
        yield 'colons in values' => ["Event: X\r\nTime: 12:00:00\r\nUrl: http://x"];
    }

    #[DataProvider('frames')]
    public function test_nothing_is_lost_on_the_way_through_json_and_serialization(string $frame): void
    {
        $payload = EventPayload::of(AmiEvent::fromRaw('pbx1', $frame, 1700000000.654321));

        foreach ([EventPayload::fromJson($payload->toJson()), EventPayload::fromArray($payload->toArray()), unserialize(serialize($payload))] as $copy) {
            self::assertInstanceOf(EventPayload::class, $copy);
            self::assertSame($payload->headers, $copy->headers);
            self::assertSame([$payload->id, $payload->name, $payload->serverKey, $payload->receivedAt], [$copy->id, $copy->name, $copy->serverKey, $copy->receivedAt]);
            self::assertSame($payload->toJson(), $copy->toJson());
        }
    }

    public function test_what_is_serialized_is_utf8_for_laravel_puts_it_into_json(): void
    {
        $serialized = serialize(EventPayload::of(AmiEvent::fromRaw('a', "Event: X\r\nName: \xff")));

        self::assertSame(1, preg_match('//u', $serialized));
        self::assertStringContainsString('base64', $serialized);
    }

    public function test_the_json_is_what_the_manual_says(): void
    {
        $payload = EventPayload::of(AmiEvent::fromRaw('pbx1', "Event: X\r\nName: J\xc3\xb6rg/1\r\nBad: \xff", 1.5));

        self::assertSame(
            '{"id":"' . $payload->id . '","kind":"event","name":"X","server_key":"pbx1","received_at":1.5,'
            . '"headers":[["Event","X"],["Name","Jörg/1"],["Bad",{"base64":"/w=="}]]}',
            json_encode($payload, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE),
        );
    }

    public function test_bridges_that_get_the_same_event_share_its_payload_and_others_have_ids_of_their_own(): void
    {
        $event = AmiEvent::fromRaw('pbx1', 'Event: X');
        $first = EventPayload::of($event);

        self::assertSame($first, EventPayload::of($event));
        $other = EventPayload::of(AmiEvent::fromRaw('pbx1', 'Event: X'));
        self::assertNotSame($first->id, $other->id);
        self::assertMatchesRegularExpression('/^pbx1:[0-9a-f]{12}:\d+$/', $first->id);
        self::assertSame(substr($first->id, 0, 17), substr($other->id, 0, 17));
    }

    public function test_gaps_and_drops_are_told_as_kinds_of_their_own(): void
    {
        $gap = EventPayload::ofGap(new ConnectionGap('a', 1.0, 2.5, 'end_of_file', 'gone', 2, 7));
        self::assertSame([PayloadKind::Gap, 'ConnectionGap', 'a', 2.5], [$gap->kind, $gap->name, $gap->serverKey, $gap->receivedAt]);
        self::assertSame(['1.000000', '2.500000', 'end_of_file', '2', '7'], array_map($gap->get(...), ['from', 'to', 'reason', 'sessions', 'eventsdropped']));

        $dropped = EventPayload::fromJson(EventPayload::ofDropped('a', 'streams', ['Hangup' => 3, 'A=b' => 1, '12' => 2], 9.0)->toJson());
        self::assertSame([PayloadKind::Dropped, 'streams', '6'], [$dropped->kind, $dropped->get('By'), $dropped->get('Count')]);
        self::assertSame(['Hangup' => 3, 'A=b' => 1, 12 => 2], $dropped->droppedEvents());
        self::assertSame([], $gap->droppedEvents());
    }

    /** @param array<string, mixed> $change */
    #[DataProvider('damage')]
    public function test_damage_is_named(array $change, string $key): void
    {
        $array = EventPayload::of(AmiEvent::fromRaw('a', 'Event: X'))->toArray();

        try {
            EventPayload::fromArray([...$array, ...$change]);
            self::fail('was taken');
        } catch (MalformedPayloadException $exception) {
            self::assertSame($key, $exception->key);
            self::assertStringContainsString($key, $exception->getMessage());
        }
    }

    /** @return iterable<string, array{array<string, mixed>, string}> */
    public static function damage(): iterable
    {
        yield 'no id' => [['id' => null], 'id'];
        yield 'another kind' => [['kind' => 'x'], 'kind'];
        yield 'no name' => [['name' => 3], 'name'];
        yield 'no time' => [['received_at' => '1'], 'received_at'];
        yield 'no headers' => [['headers' => ['a' => 'b']], 'headers'];
        yield 'half a header' => [['headers' => [['a', 'b'], ['a']]], 'headers.1'];
        yield 'a number' => [['headers' => [['a', 1]]], 'headers.0.1'];
        yield 'bad base64' => [['headers' => [[['base64' => '*'], 'b']]], 'headers.0.0'];
    }

    public function test_what_is_no_json_is_named_too(): void
    {
        $this->expectException(MalformedPayloadException::class);
        $this->expectExceptionMessage('event payload: is no JSON');
        EventPayload::fromJson('{');
    }
}
