<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;
use PHPUnit\Framework\Attributes\DataProvider;

final class ActionsTest extends AsteriskTestCase
{
    private const string ODD = "Gr\xfc\xdfe, \xc3\xa9t\xc3\xa9: \x01\x7f\t \"q\" a=b;c,d";

    #[DataProvider('versions')]
    public function test_a_ping_is_answered(string $version): void
    {
        $response = $this->client($version)->call(new GenericAction('Ping'));
        self::assertTrue($response->isSuccess());
        self::assertSame('Pong', $response->get('ping'));
        self::assertEqualsWithDelta(microtime(true), (float) $response->get('Timestamp'), 5.0);
    }

    #[DataProvider('versions')]
    public function test_a_variable_that_is_set_can_be_read(string $version): void
    {
        $client = $this->client($version);
        $name = 'TEST' . bin2hex(random_bytes(4));
        self::assertSame('Variable Set', $client->call(new GenericAction('Setvar', ['Variable' => $name, 'Value' => self::ODD]))->message());
        self::assertSame(self::ODD, $client->call(new GenericAction('Getvar', ['Variable' => $name]))->get('Value'));
        self::assertSame('', $client->call(new GenericAction('Getvar', ['Variable' => "NONE$name"]))->get('Value'));
    }

    #[DataProvider('versions')]
    public function test_odd_bytes_of_a_user_event_survive_both_ways(string $version): void
    {
        $witness = new RawSession(self::address($version));
        $manager = $this->manager($version);
        $client = $manager->server('pbx')->waitUntilReady();
        $heard = [];
        $client->onEvent('UserEvent', static function (AmiEvent $event) use (&$heard): void {
            if (str_starts_with((string) $event->get('UserEvent'), 'Odd')) {
                $heard[(string) $event->get('UserEvent')] = $event;
            }
        });
        $client->call(new GenericAction('UserEvent', ['UserEvent' => 'OddOut', 'Bytes' => self::ODD, 'Empty' => '']));
        $witness->send("Action: UserEvent\r\nUserEvent: OddIn\r\nBytes: " . self::ODD . "\r\nEmpty: ");
        self::tickUntil($manager, static function () use (&$heard): bool {
            return \count($heard) === 2;
        }, 5.0, 'both events');
        foreach ($heard as $name => $event) {
            self::assertSame(self::ODD, $event->get('bytes'), $name);
            self::assertSame(self::ODD, $event->headers['bytes'], $name);
        }
        do {
            $frame = $witness->frame();
        } while (!str_contains($frame, 'UserEvent: OddOut'));
        self::assertStringContainsString("\r\nBytes: " . self::ODD . "\r\n", $frame);
        self::assertSame($frame, $heard['OddOut']->raw());
    }

    /** @param array<string, string> $headers */
    #[DataProvider('errors')]
    public function test_an_error_is_an_exception_with_what_the_server_said(string $version, string $name, array $headers, string $message): void
    {
        try {
            $this->client($version)->call(new GenericAction($name, $headers));
            self::fail('no error');
        } catch (ActionErrorResponseException $error) {
            self::assertStringContainsString($message, (string) $error->response()->message());
            self::assertStringContainsString($message, $error->getMessage());
            self::assertFalse($error->response()->isSuccess());
            self::assertSame($name, $error->actionName());
            self::assertSame('pbx', $error->serverKey());
            self::assertSame($error->response()->actionId(), $error->actionId());
        }
    }

    /** @return iterable<string, array{string, string, array<string, string>, string}> */
    public static function errors(): iterable
    {
        foreach (self::versions() as $name => [$version]) {
            yield "$name, an unknown action" => [$version, 'NoSuchAction', [], 'Invalid/unknown command'];
            yield "$name, a missing parameter" => [$version, 'Getvar', [], 'No variable specified'];
            yield "$name, a channel that is not there" => [$version, 'Hangup', ['Channel' => 'Local/none'], 'No such channel'];
            // The message ends in a line feed, which makes an empty line in mid-frame.
            yield "$name, an endpoint that is not there" => [$version, 'PJSIPShowEndpoint', ['Endpoint' => 'nosuch'], 'Unable to retrieve endpoint nosuch'];
        }
    }

    /** The message of the response says only that the output follows. */
    #[DataProvider('versions')]
    public function test_the_error_of_a_command_is_what_it_printed(string $version): void
    {
        $this->expectException(ActionErrorResponseException::class);
        $this->expectExceptionMessage("Command on \"pbx\": No such command 'nosuch command'");
        $this->client($version)->call(new GenericAction('Command', ['Command' => 'nosuch command']));
    }

    #[DataProvider('versions')]
    public function test_a_session_goes_on_after_errors(string $version): void
    {
        $client = $this->client($version);
        $actions = [];
        for ($round = 0; $round < 20; $round++) {
            $actions[] = [$client->send(new GenericAction('PJSIPShowEndpoint', ['Endpoint' => 'nosuch'])), false];
            // Three errors for one action.
            $actions[] = [$client->send(new GenericAction('ModuleLoad')), false];
            $actions[] = [$client->send(new GenericAction('Ping')), true];
        }
        foreach ($actions as [$action, $works]) {
            try {
                $action->await(5000);
                self::assertTrue($works);
            } catch (ActionErrorResponseException) {
                self::assertFalse($works);
            }
        }
    }

    #[DataProvider('versions')]
    public function test_what_a_user_may_not_do_is_refused(string $version): void
    {
        $client = $this->client($version, ['username' => 'ro', 'secret' => 'rosecret']);
        self::assertTrue($client->call(new GenericAction('Ping'))->isSuccess());
        $this->expectException(ActionErrorResponseException::class);
        $this->expectExceptionMessage('Permission denied');
        $client->call(new GenericAction('Command', ['Command' => 'core show version']));
    }
}
