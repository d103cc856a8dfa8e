<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Console;

final class ActionCommandTest extends ConsoleTestCase
{
    public function test_an_answer_is_shown(): void
    {
        $this->simulate();
        self::assertSame(0, $this->artisan('ami:action', ['name' => 'ping']));
        self::assertStringContainsString('Ping: Pong', $this->shown);
    }

    public function test_a_list_is_a_table_and_the_output_of_a_command_is_text(): void
    {
        $this->simulate();
        self::assertSame(0, $this->artisan('ami:action', ['name' => 'QueueStatus', '--server' => 'pbx2']));
        self::assertMatchesRegularExpression('/^QueueMember, \d+ of them/m', $this->shown);
        self::assertMatchesRegularExpression('/^Queue +Max +Strategy/m', $this->shown);
        self::assertStringNotContainsString('ActionID', $this->shown);

        self::assertSame(0, $this->artisan('ami:action', ['name' => 'Command', 'headers' => ['Command=core show version']]));
        self::assertStringStartsWith('Asterisk ', $this->shown);
    }

    public function test_a_call_says_what_came_of_it(): void
    {
        $this->simulate();
        self::assertSame(0, $this->artisan('ami:action', ['name' => 'Originate', 'headers' => ['Channel=Local/1000@default', 'Application=Wait', 'Data=1'], '--direct' => true]));
        self::assertStringContainsString('Response: Success', $this->shown);
    }

    public function test_json_has_the_whole_answer(): void
    {
        $this->simulate();
        self::assertSame(0, $this->artisan('ami:action', ['name' => 'QueueSummary', '--server' => 'pbx1', '--json' => true]));
        $answer = self::decoded($this->shown);
        self::assertSame(['pbx1', true, null], [$answer['server'], $answer['success'], $answer['error']]);
        self::assertIsArray($answer['events']);
        self::assertNotSame([], $answer['events']);
    }

    public function test_what_the_server_refuses_is_exit_code_1_and_what_is_not_sent_is_2(): void
    {
        $this->simulate();
        self::assertSame(1, $this->artisan('ami:action', ['name' => 'Hangup', 'headers' => ['Channel=nosuch']]));
        self::assertStringContainsString('No such channel', $this->shown);
        self::assertSame(1, $this->artisan('ami:action', ['name' => 'Hangup', 'headers' => ['Channel=nosuch'], '--json' => true]));
        self::assertFalse(self::decoded($this->shown)['success']);
        self::assertSame(2, $this->artisan('ami:action', ['name' => 'Hangop']));
        self::assertStringContainsString('did you mean "Hangup"?', $this->shown);
        self::assertSame(2, $this->artisan('ami:action', ['name' => 'Ping', '--server' => 'pbx3', '--direct' => true]));
        self::assertStringContainsString('did you mean "pbx', $this->shown);
        self::assertSame(2, $this->artisan('ami:action', ['name' => 'Ping', '--timeout' => 'soon']));
    }

    public function test_passwords_in_answers_are_hidden(): void
    {
        $this->simulate();
        self::assertSame(0, $this->artisan('ami:action', ['name' => 'PJSIPShowEndpoint', 'headers' => ['Endpoint=6001']]));
        self::assertStringContainsString('AuthDetail', $this->shown);
        self::assertMatchesRegularExpression('/Password: \*\*\*/', $this->shown);
    }

    public function test_in_production_what_changes_something_is_confirmed_first(): void
    {
        $this->simulate();
        $this->app()->instance('env', 'production');
        self::assertSame(2, $this->artisan('ami:action', ['name' => 'Hangup', 'headers' => ['Channel=nosuch'], '--no-interaction' => true]));
        self::assertStringNotContainsString('No such channel', $this->shown, 'it was not sent');
        self::assertSame(1, $this->artisan('ami:action', ['name' => 'Hangup', 'headers' => ['Channel=nosuch'], '--no-interaction' => true, '--force' => true]));
        self::assertSame(0, $this->artisan('ami:action', ['name' => 'Ping', '--no-interaction' => true]), 'what only looks needs no confirmation');
    }

    public function test_it_says_what_an_action_takes_without_a_server(): void
    {
        $this->boot(['ami-client.servers' => ['a' => ['host' => '192.0.2.1', 'username' => 'u', 'secret' => 's']]]);
        self::assertSame(0, $this->artisan('ami:action', ['name' => 'hangup', '--usage' => true]));
        self::assertStringContainsString('Channel=  required', $this->shown);
    }

    public function test_a_server_that_is_not_there_is_an_error_and_no_trace(): void
    {
        $this->boot(['ami-client.servers' => ['a' => ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 'hunter2']]]);
        self::assertSame(2, $this->artisan('ami:action', ['name' => 'Ping', '--timeout' => '0.3']));
        self::assertStringContainsString('127.0.0.1:1', $this->shown);
        self::assertStringNotContainsString('Stack trace', $this->shown);
        self::assertStringNotContainsString('hunter2', $this->shown);
    }
}
