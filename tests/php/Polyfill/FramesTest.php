<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Polyfill;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\Tests\Support\Polyfilled;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

/** Frames of real servers, and odd ones: the polyfill reads in them what the extension reads. */
#[RequiresPhpExtension('apn_ami')]
final class FramesTest extends TestCase
{
    private const string CAPTURES = __DIR__ . '/../../captures/';

    #[DataProvider('captures')]
    public function test_every_frame_of_a_capture_is_read_alike(string $file): void
    {
        // Of the largest capture the first thousand frames say it all.
        $frames = preg_split('/\r?\n\r?\n/', (string) file_get_contents(self::CAPTURES . $file), 1_000);
        self::assertNotFalse($frames);
        foreach ($frames as $frame) {
            self::assertAlike($frame);
        }
    }

    /** @return iterable<string, array{string}> */
    public static function captures(): iterable
    {
        foreach (['16', '22', '22b'] as $folder) {
            $files = glob(self::CAPTURES . "$folder/*.bin");
            foreach ($files === false ? [] : $files as $file) {
                $name = "$folder/" . basename($file);
                yield $name => [$name];
            }
        }
    }

    #[DataProvider('oddities')]
    public function test_odd_frames_are_read_alike(string $frame): void
    {
        self::assertAlike($frame);
    }

    /** @return iterable<array{string}> */
    public static function oddities(): iterable
    {
        foreach ([
            '', "\r\n\r\n", 'noise', 'Events: On', ' Event: folded', "Event: A\r\n\r\nEvent: B", "Event:A\nX:1\n", "Event : A\r\nX : 1",
            "noise\r\n: empty\r\nACTIONID: 1\r\neVENT:  A \r\nResponse: no", "Event: OriginateResponse\r\nResponse: Failure\r\nReason: 5",
            "Response: Success\r\nEvent: x", "Event: \r\nX: 1", 'Event:', "Event: A\r\nX: a\r\r\nY: b\r", "Event: A\r\nNul: a\0b\r\nCr: a\rInjected: yes",
            "Event: A\r\nX: 1\r\n folded: 2\r\n\tfolded: 3\r\nline3\r\n: nokey\r\nY: 2", "Event: A\r\nLatin: \xe9\xff\r\nUtf: \xc3\xa9\r\n123: number\r\n123: again",
            "Event: A\r\nTwo:  x \r\nEmpty: \r\nEmpty2:\r\nColon: a: b\r\ntwo: y\r\nTWO: z", "Event: \tA\x0b\x0c\r\n",
            "Response: Success\r\nActionID: 1\r\nMessage: Command output follows\r\nOutput: a\r\nOutput: \r\nOutput:   b: c\r\noutput:",
            "Response: Error\r\nMessage: Command output follows\r\nOutput: No such command", "Response: ERROR\r\nMessage:",
            "Response: Follows\r\nPrivilege: Command\r\nActionID: 1\r\nName: a\n\n  two\r\nlast\n--END COMMAND--",
            "Response: Follows\r\nPrivilege: Command\r\nActionID: x\nPrivilege: y\n--END COMMAND--", "Response: Follows\nPrivilege: Command\nPrivilege: y\n--END COMMAND--",
            "Response: Follows\r\nPrivilege: Command\r\nabc--END COMMAND--", "Response: Follows\r\nPrivilege: Command\r\nabc", 'Response: Follows',
            "Response: Follows\r\nPrivilege: Command\r\n--END COMMAND--", "response: follows\r\nActionID: 1\r\nMessage: m\r\nOutput: no header\n--END COMMAND--\r\n",
        ] as $frame) {
            yield [$frame];
        }
    }

    public function test_the_time_and_the_server_are_kept_alike(): void
    {
        foreach ([0.0, -1.5, 1.0000004, 1700000000.1234567, 4102444800.999999] as $time) {
            [$native, $polyfill] = Polyfilled::both(static fn(\Closure $make): array => self::read($make('AmiEvent::fromRaw', 'a b', "Event: X\r\n", $time)));
            self::assertSame($native, $polyfill);
        }
    }

    public function test_what_is_printed_shows_no_secret(): void
    {
        $frame = "Event: AuthDetail\r\nPassword: hush\r\nUsername: bob\r\nUri: sip:bob:hush@host";
        [$native, $polyfill] = Polyfilled::both(static fn(\Closure $make): string => str_replace(Polyfilled::BESIDE, Polyfilled::REAL, print_r($make('AmiEvent::fromRaw', 'a', $frame), true)));
        self::assertSame($native, $polyfill);
        self::assertIsString($polyfill);
        self::assertStringNotContainsString('hush', $polyfill);
        self::assertStringContainsString('bob', $polyfill);
    }

    private static function assertAlike(string $frame): void
    {
        foreach (['AmiEvent::fromRaw', 'AmiResponse::fromRaw'] as $fromRaw) {
            [$native, $polyfill] = Polyfilled::both(static fn(\Closure $make): array => self::read($make($fromRaw, 'pbx1', $frame, 1.5)));
            self::assertSame($native, $polyfill, $frame);
        }
    }

    /** @return array<string, mixed> */
    private static function read(object $given): array
    {
        // Or one that has the same methods.
        /** @var AmiEvent|AmiResponse $message */
        $message = $given;
        $read = ['raw' => $message->raw(), 'headers' => $message->headers, 'serverKey' => $message->serverKey, 'receivedAt' => $message->receivedAt];
        foreach (array_map(strval(...), [...array_keys($message->headers), 'Absent', 'ACTIONID', 'queue']) as $name) {
            $read["of $name"] = [$message->get($name), $message->all(strtoupper($name)), $message->has($name)];
        }

        foreach (['name', 'status'] as $property) {
            $read[$property] = property_exists($message, $property) ? $message->$property : null;
        }
        foreach (['isSuccess', 'message', 'actionId', 'output'] as $method) {
            $read[$method] = method_exists($message, $method) ? new \ReflectionMethod($message, $method)->invoke($message) : null;
        }

        return $read;
    }
}
