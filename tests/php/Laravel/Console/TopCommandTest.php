<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Console;

#[\PHPUnit\Framework\Attributes\Group('slow')]
final class TopCommandTest extends ConsoleTestCase
{
    public function test_rates_and_what_would_lower_them_are_told(): void
    {
        $this->simulate(
            ['ami-client.bridges.streams.enabled' => true, 'ami-client.bridges.streams.events' => ['Hangup'], 'ami-client.options.blocked_events' => ['VarSet'], 'ami-client.options.push_filters' => true],
            '--flood',
            'endless',
            '--flood-rate',
            '300',
            '--flood-names',
            'VarSet,VarSet,Hangup',
        );
        self::assertSame(0, $this->artisan('ami:top', ['--once' => true, '--seconds' => '1.5', '--json' => true, '--server' => ['pbx1']]));
        self::assertSame(1, preg_match('/^\{.*\}$/m', $this->shown, $line));
        $report = self::decoded($line[0]);
        self::assertIsArray($report['events']);
        $byName = array_column($report['events'], null, 'event');
        self::assertIsArray($byName['VarSet']);
        self::assertIsArray($byName['Hangup']);
        self::assertFalse($byName['VarSet']['listened_to'], 'also what the application blocks is seen');
        self::assertTrue($byName['Hangup']['listened_to']);
        self::assertGreaterThan($byName['Hangup']['total'], $byName['VarSet']['total']);
        self::assertIsArray($report['suggestions']);
        self::assertStringContainsString('eventfilter(action(exclude),name(VarSet)) =', (string) json_encode($report['suggestions']));
        self::assertStringNotContainsString('name(Hangup)', (string) json_encode($report['suggestions']));
    }

    public function test_people_get_a_table_each_second_and_the_lines_at_the_end(): void
    {
        $this->simulate([], '--flood', 'endless', '--flood-rate', '300');
        self::assertSame(0, $this->artisan('ami:top', ['--seconds' => '1.8']));
        self::assertGreaterThanOrEqual(2, preg_match_all('/^UserEvent +user /m', $this->shown));
        self::assertStringContainsString('Nothing is known of what the application listens to', $this->shown);
        self::assertStringContainsString('disabledevents = UserEvent', $this->shown);
    }

    public function test_no_server_is_exit_code_1(): void
    {
        $this->boot(['ami-client.servers' => ['gone' => ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 's']]]);
        self::assertSame(1, $this->artisan('ami:top', ['--once' => true, '--seconds' => '0.3']));
    }
}
