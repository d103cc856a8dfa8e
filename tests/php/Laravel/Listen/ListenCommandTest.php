<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Listen;

use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Laravel\AmiServiceProvider;
use Apn\AmiClient\Laravel\Console\RestartSignal;
use Apn\AmiClient\Laravel\Status\ListenerStatuses;
use Apn\AmiClient\Native\NativeManager;
use Apn\AmiClient\Tests\Laravel\TestCase;
use Apn\AmiClient\Tests\Support\Simulator;
use Apn\AmiClient\Tests\Unit\Worker\Recorder;
use Illuminate\Contracts\Cache\Repository;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Foundation\Application;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use Symfony\Component\Console\Output\BufferedOutput;

#[RequiresPhpExtension('apn_ami')]
#[\PHPUnit\Framework\Attributes\Group('slow')]
final class ListenCommandTest extends TestCase
{
    private Simulator $simulator;

    protected function setUp(): void
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('needs the simulator');
        }
        $this->simulator = new Simulator('-n', '2', '--calls', '0');
    }

    public function test_once_waits_until_each_server_was_ready(): void
    {
        [$status, $output] = $this->listen($this->with([]), ['--once' => true]);
        self::assertSame(0, $status, $output);
        self::assertStringContainsString('Listening to pbx1, pbx2', $output);
        self::assertStringContainsString('Left as asked', $output);
    }

    public function test_once_fails_where_a_server_is_not_ready_in_time_and_says_which(): void
    {
        $servers = $this->simulator->servers();
        $servers['pbx2']['port'] = 1;
        [$status, $output] = $this->listen($this->with(['ami-client.servers' => $servers]), ['--once' => true, '--max-time' => '1']);
        self::assertSame(1, $status);
        self::assertMatchesRegularExpression('/Not ready in time: pbx2 \(\w+, io_error\)/', $output);
    }

    public function test_once_fails_whatever_ended_it_before_each_server_was_ready(): void
    {
        $servers = $this->simulator->servers();
        $servers['pbx2']['port'] = 1;
        [$status, $output] = $this->listen($this->with(['ami-client.servers' => $servers, 'ami-client.listen.max_time' => 3_600]), ['--once' => true, '--max-iterations' => '2']);
        self::assertSame(1, $status, $output);
        self::assertStringContainsString('Not ready in time: ', $output);
    }

    public function test_the_limits_of_a_listener_that_goes_on_are_none_of_once(): void
    {
        [$status, $output] = $this->listen($this->with(['ami-client.listen.max_iterations' => 1]), ['--once' => true]);
        self::assertSame(0, $status, $output);
        self::assertStringContainsString('Left as asked', $output);
    }

    public function test_only_chosen_servers_are_listened_to(): void
    {
        $app = $this->with(['ami-client.listen.servers' => ['pbx2']]);
        self::assertStringContainsString('Listening to pbx2 (', $this->listen($app, ['--once' => true])[1]);
        self::assertStringContainsString('Listening to pbx1 (', $this->listen($app, ['--once' => true, '--server' => ['pbx1']])[1]);
        self::assertStringContainsString('Listening to pbx1, pbx2 (', $this->listen($app, ['--once' => true, '--all' => true])[1]);
    }

    /**
     * @param array<string, mixed> $arguments
     * @param array<string, mixed> $config
     */
    #[DataProvider('mistakes')]
    public function test_what_cannot_be_done_is_refused_by_its_name(array $arguments, array $config, string $words): void
    {
        [$status, $output] = $this->listen($this->with($config), $arguments);
        self::assertSame(2, $status);
        self::assertStringContainsString($words, (string) preg_replace('/\s+/', ' ', $output));
    }

    /** @return iterable<string, array{array<string, mixed>, array<string, mixed>, string}> */
    public static function mistakes(): iterable
    {
        yield 'no number' => [['--max-time' => 'soon'], [], '--max-time must be a whole number from 0, but is "soon"'];
        yield 'out of range' => [['--tick-timeout-ms' => '251'], [], '--tick-timeout-ms must be a whole number from 0 to 250, but is "251"'];
        yield 'both' => [['--all' => true, '--server' => ['pbx1']], [], '--all and --server contradict each other'];
        yield 'no such server' => [['--server' => ['pbx3']], [], 'ami-client.servers.pbx3'];
        yield 'no address' => [[], ['ami-client.listen.http' => 'localhost'], 'ami-client.listen.http: "localhost"'];
        yield 'locks of one process' => [[], ['ami-client.listen.standby.enabled' => true], 'ami-client.listen.standby.store: "the default store" is in the memory of one process'];
        yield 'locks for everybody' => [[], ['ami-client.listen.standby' => ['enabled' => true, 'store' => 'null'], 'cache.stores.null' => ['driver' => 'null']], 'gives its locks to everybody'];
    }

    public function test_its_limits_end_it_with_the_status_of_queue_work(): void
    {
        $app = $this->with([]);
        [$status, $output] = $this->listen($app, ['--max-iterations' => '3', '--tick-timeout-ms' => '1']);
        self::assertSame([0, true], [$status, str_contains($output, '--max-iterations')]);
        [$status, $output] = $this->listen($app, ['--memory' => '1']);
        self::assertSame([12, true], [$status, str_contains($output, '--memory')]);
    }

    public function test_services_of_the_tag_are_run_with_the_manager_that_everybody_gets_in_this_process(): void
    {
        $service = new Recorder();
        $app = $this->with(['ami-client.gateway.enabled' => true, 'ami-client.gateway.allow' => ['Ping']]);
        $app->instance('a service', $service);
        $app->instance('some services', new \ArrayIterator([$other = new Recorder('other')]));
        $app->tag(['a service', 'some services'], AmiServiceProvider::SERVICES_TAG);
        $inner = null;
        $service->onPoll = static function (Recorder $service) use ($app, &$inner): null {
            $inner = $app->make(AmiClientManager::class);
            self::assertInstanceOf(NativeManager::class, $service->manager);

            return null;
        };
        self::assertSame(0, $this->listen($app, ['--max-iterations' => '2'])[0]);
        self::assertInstanceOf(NativeManager::class, $inner, 'and not the gateway, to itself');
        self::assertSame(['start', 'stop', 'finish'], $other->calls);
        self::assertNotInstanceOf(NativeManager::class, $app->make(AmiClientManager::class));
    }

    public function test_ami_restart_ends_it(): void
    {
        $service = new Recorder();
        $app = $this->with([]);
        $app->instance('a service', $service);
        $app->tag(['a service'], AmiServiceProvider::SERVICES_TAG);
        $service->onPoll = static function (Recorder $service) use ($app): null {
            if ($service->polls === 3) {
                self::assertSame(0, $app->make(Kernel::class)->call('ami:restart'));
            }

            return null;
        };
        [$status, $output] = $this->listen($app, ['--max-time' => '20', '--tick-timeout-ms' => '50']);
        self::assertSame(0, $status);
        self::assertStringContainsString('Left by ami:restart', $output);
    }

    public function test_it_tells_how_it_is_while_it_runs_and_no_more_when_it_has_left(): void
    {
        $service = new Recorder();
        $app = $this->with([]);
        $app->instance('a service', $service);
        $app->tag(['a service'], AmiServiceProvider::SERVICES_TAG);
        $statuses = new ListenerStatuses($app->make(Repository::class));
        $seen = [];
        $service->onPoll = static function (Recorder $service) use ($statuses, &$seen): null {
            $seen = $seen === [] ? $statuses->all() : $seen;

            return null;
        };
        $this->listen($app, ['--once' => true]);
        self::assertCount(1, $seen);
        self::assertSame(['active', getmypid(), gethostname()], [$seen[0]->state, $seen[0]->pid, $seen[0]->host]);
        self::assertSame(['pbx1', 'pbx2'], array_keys($seen[0]->servers));
        self::assertArrayHasKey('recorder', $seen[0]->services);
        self::assertSame([], $statuses->all());
    }

    public function test_the_restart_signal_counts_from_when_it_was_first_asked_and_a_cache_in_trouble_restarts_nobody(): void
    {
        $cache = $this->with([])->make(Repository::class);
        $now = 0.0;
        new RestartSignal($cache)->send();
        $signal = new RestartSignal($cache, null, static function () use (&$now): float {
            return $now;
        });
        $after = static function (float $seconds) use (&$now, $signal): bool {
            $now += $seconds;

            return $signal();
        };
        self::assertFalse($after(0.0), 'what was sent before is over');
        new RestartSignal($cache)->send();
        self::assertFalse($after(0.5), 'the cache is asked once a second');
        self::assertTrue($after(0.5));
        $cache->clear();
        self::assertFalse($after(1.0), 'a cache that was cleared restarts nobody');
    }

    /** @param array<string, mixed> $config */
    private function with(array $config): Application
    {
        return $this->boot($config + ['ami-client.servers' => $this->simulator->servers()]);
    }

    /**
     * @param array<string, mixed> $arguments
     *
     * @return array{int, string}
     */
    private function listen(Application $app, array $arguments): array
    {
        $output = new BufferedOutput();
        $status = $app->make(Kernel::class)->call('ami:listen', $arguments, $output);

        return [$status, $output->fetch()];
    }
}
