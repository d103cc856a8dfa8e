<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Console;

use Apn\AmiClient\Laravel\Status\ListenerStatuses;
use Apn\AmiClient\Worker\WorkerStatus;
use Illuminate\Contracts\Cache\Factory;

#[\PHPUnit\Framework\Attributes\Group('slow')]
final class DoctorCommandTest extends ConsoleTestCase
{
    public function test_a_healthy_server_has_no_failure(): void
    {
        $this->simulate();
        self::assertSame(0, $this->artisan('ami:doctor', ['--heard' => ['Hangup']]), $this->shown);
        foreach (['greeting', 'login', 'booted', 'latency', 'clock', 'version', 'write'] as $check) {
            self::assertMatchesRegularExpression("/^  ok       $check /m", $this->shown);
        }
        self::assertSame(1, $this->artisan('ami:doctor', ['--strict' => true]), 'no listener runs');
    }

    /** @param array<string, mixed> $server */
    private function diagnose(array $server): void
    {
        $this->simulate([], '--auth-delay', '20');
        config(['ami-client.servers' => ['pbx1' => $server + $this->simulator->servers()['pbx1']]]);
        $this->artisan('ami:doctor', ['--json' => true, '--timeout' => '2', '--heard' => ['Hangup', 'VarSet']]);
    }

    public function test_a_port_that_nobody_listens_on_is_found(): void
    {
        $this->diagnose(['port' => 1]);
        self::assertSame('failure', $this->severity('tcp'));
        self::assertNull($this->severity('login'), 'there is no point in it');
    }

    public function test_a_wrong_secret_is_found_and_not_shown(): void
    {
        $this->diagnose(['secret' => 'hunter2']);
        self::assertSame('failure', $this->severity('login'));
        self::assertStringNotContainsString('hunter2', $this->shown);
        self::assertStringNotContainsString('s3cret', $this->shown);
    }

    public function test_plain_text_where_tls_is_configured_is_found(): void
    {
        $this->diagnose(['tls' => ['verify' => 'none']]);
        self::assertSame('failure', $this->severity('tls'));
    }

    public function test_classes_that_are_not_asked_for_are_compared_with_what_is_listened_to(): void
    {
        $this->diagnose(['events' => 'system,call']);
        self::assertSame('failure', $this->severity('events'));
        self::assertStringContainsString("'dialplan'", $this->finding('events')['cure'] ?? '');
    }

    public function test_actions_of_the_gateway_that_the_user_may_not_send_are_found(): void
    {
        $this->simulate(['ami-client.gateway.enabled' => true, 'ami-client.gateway.allow' => ['Ping', 'Originate'], 'database.redis.default.port' => 1]);
        // Without the class system nothing is waited for.
        config(['ami-client.servers' => ['pbx1' => ['username' => 'ro', 'secret' => 'rosecret', 'events' => 'call'] + $this->simulator->servers()['pbx1']]]);
        self::assertSame(1, $this->artisan('ami:doctor', ['--json' => true, '--timeout' => '2']));
        self::assertSame('failure', $this->severity('write'));
        self::assertStringContainsString('Originate', $this->finding('write')['message'] ?? '');
        self::assertSame('failure', $this->severity('redis'), 'nobody listens there');
    }

    public function test_a_server_that_says_nothing_is_given_up_in_time(): void
    {
        $server = stream_socket_server('tcp://127.0.0.1:0');
        self::assertIsResource($server);
        $port = (int) substr((string) stream_socket_get_name($server, false), \strlen('127.0.0.1:'));
        $this->boot(['ami-client.servers' => ['mute' => ['host' => '127.0.0.1', 'port' => $port, 'username' => 'u', 'secret' => 's']]]);
        self::assertSame(1, $this->artisan('ami:doctor', ['--json' => true, '--timeout' => '0.2']));
        self::assertSame('failure', $this->severity('greeting'));
    }

    public function test_a_listener_that_tells_nothing_any_more_is_not_at_work(): void
    {
        $this->boot(['ami-client.servers' => ['gone' => ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 's']]]);
        $statuses = new ListenerStatuses($this->app()->make(Factory::class)->store());
        foreach (['ok' => 0.0, 'warning' => 60.0] as $severity => $age) {
            $told = microtime(true) - $age;
            $statuses->put(new WorkerStatus('one', 'web1', 42, '1.0', 'active', $told, $told, $told, 1, 1, [], [], 0, []), 5.0);
            $this->artisan('ami:doctor', ['--json' => true]);
            self::assertSame($severity, $this->severity('listener'));
        }
    }

    public function test_a_configuration_that_cannot_be_used_is_a_finding(): void
    {
        $this->app();
        config(['ami-client.gateway.timeout_ms' => 'soon']);
        self::assertSame(2, $this->artisan('ami:doctor', ['--json' => true]));
        self::assertStringContainsString('ami-client.gateway.timeout_ms', $this->finding('configuration')['message'] ?? '');
    }

    private function severity(string $check): ?string
    {
        return $this->finding($check)['severity'] ?? null;
    }

    /** @return array<string, string> */
    private function finding(string $check): array
    {
        foreach (explode("\n", trim($this->shown)) as $line) {
            $finding = array_filter(self::decoded($line), is_string(...));
            if (($finding['check'] ?? '') === $check) {
                return $finding;
            }
        }

        return [];
    }
}
