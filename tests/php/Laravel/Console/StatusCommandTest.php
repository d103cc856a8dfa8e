<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Console;

use Apn\AmiClient\Laravel\Status\ListenerStatuses;
use Apn\AmiClient\Worker\WorkerStatus;
use Illuminate\Contracts\Cache\Factory;

final class StatusCommandTest extends ConsoleTestCase
{
    public function test_without_a_listener_the_exit_code_is_2(): void
    {
        $this->boot(['ami-client.servers' => ['a' => ['host' => '192.0.2.1', 'username' => 'u', 'secret' => 's']]]);
        self::assertSame(2, $this->artisan('ami:status'));
        self::assertStringContainsString('no listener tells how it is', $this->shown);
    }

    public function test_what_listeners_tell_is_shown(): void
    {
        $this->boot(['ami-client.servers' => ['a' => ['host' => '192.0.2.1', 'username' => 'u', 'secret' => 's'], 'b' => ['host' => '192.0.2.2', 'username' => 'u', 'secret' => 's']]]);
        $this->tell(['a' => 'ready', 'b' => 'ready']);
        self::assertSame(0, $this->artisan('ami:status'));
        self::assertStringContainsString('2 of 2 servers are ready; listeners: 1 at work', $this->shown);

        $this->tell(['a' => 'ready', 'b' => 'reconnecting']);
        self::assertSame(1, $this->artisan('ami:status', ['--json' => true]));
        $status = self::decoded($this->shown);
        self::assertSame('warning', $status['status']);
        self::assertSame(0, $this->artisan('ami:status', ['--server' => ['a']]), 'only of what was asked for');
    }

    public function test_a_cache_that_is_down_is_not_known_rather_than_no_listener(): void
    {
        $this->boot(['ami-client.servers' => ['a' => ['host' => '192.0.2.1', 'username' => 'u', 'secret' => 's']], 'cache.default' => 'redis', 'database.redis.cache.port' => 1]);
        self::assertSame(3, $this->artisan('ami:status'));
        self::assertStringContainsString('it is not known', $this->shown);
    }

    public function test_directly_the_servers_are_asked(): void
    {
        $this->simulate();
        self::assertSame(0, $this->artisan('ami:status', ['--direct' => true, '--json' => true]));
        $status = self::decoded($this->shown);
        self::assertSame('2 of 2 servers are ready, asked directly', $status['summary']);
        self::assertIsArray($status['servers']);
        foreach ($status['servers'] as $server) {
            self::assertIsArray($server);
            self::assertIsFloat($server['latency_ms']);
        }
    }

    public function test_directly_a_server_that_is_not_there_is_found_out_in_time(): void
    {
        $this->simulate();
        config(['ami-client.servers' => [...$this->simulator->servers(), 'gone' => ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 's']]]);
        self::assertSame(1, $this->artisan('ami:status', ['--direct' => true]));
        self::assertStringContainsString('Connection refused', $this->shown);
    }

    /** @param array<string, string> $states */
    private function tell(array $states): void
    {
        $now = microtime(true);
        $servers = array_map(static fn(string $state): array => ['host' => '192.0.2.1', 'port' => 5038, 'state' => $state, 'since' => $now, 'circuit' => 'closed'], $states);
        new ListenerStatuses($this->app()->make(Factory::class)->store())->put(new WorkerStatus('one', 'web1', 42, '1.0', 'active', $now, $now, $now, 1, 1, [], $servers, 0, []), 5.0);
    }
}
