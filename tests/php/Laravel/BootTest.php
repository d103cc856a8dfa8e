<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel;

use Apn\AmiClient\AmiClientManager as NativeAmiClientManager;
use Apn\AmiClient\Contracts;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Connections\ProcessConnections;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\MetricsCollector;
use Apn\AmiClient\Native\NativeManager;
use Apn\AmiClient\RoutingStrategy;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Support\ServiceProvider;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\Attributes\TestWith;
use Symfony\Component\Console\Output\BufferedOutput;

final class BootTest extends TestCase
{
    private const array SET_UP = ['ami-client.servers.main.username' => 'dialer', 'ami-client.servers.main.secret' => 's3cret'];

    /** @var list<string>|null */
    private ?array $arguments = null;

    protected function tearDown(): void
    {
        if ($this->arguments !== null) {
            $_SERVER['argv'] = $this->arguments;
        }
        parent::tearDown();
    }

    public function test_booting_an_application_makes_no_manager_and_opens_no_descriptor(): void
    {
        $this->boot(self::SET_UP);
        $before = self::descriptors();
        $app = $this->boot(self::SET_UP);

        self::assertFalse($app->make(ProcessConnections::class)->isOpen());
        self::assertSame($before, self::descriptors());
    }

    #[RequiresPhpExtension('apn_ami')]
    #[Group('extension')]
    public function test_everybody_gets_the_one_manager_of_the_process(): void
    {
        $app = $this->boot(self::SET_UP);
        $native = $app->make(NativeAmiClientManager::class);

        self::assertSame($native, $app->make(NativeAmiClientManager::class));
        self::assertSame($native, $app->make(NativeManager::class)->native());
        $manager = $app->make(Contracts\AmiClientManager::class);
        self::assertInstanceOf(NativeManager::class, $manager);
        self::assertSame($native, $manager->native());
        $sender = $app->make(Contracts\ActionSender::class);
        self::assertInstanceOf(NativeManager::class, $sender);
        self::assertSame($native, $sender->native());
        self::assertSame('main', $app->make(Contracts\AmiClient::class)->serverKey());
        self::assertSame(['main'], Ami::serverKeys());
    }

    #[RequiresPhpExtension('apn_ami')]
    #[Group('extension')]
    public function test_the_strategy_and_the_collector_that_the_application_binds_are_used(): void
    {
        $app = $this->boot(self::SET_UP);
        $asked = [];
        $app->bind(RoutingStrategy::class, static function () use (&$asked): RoutingStrategy {
            $asked[] = 'strategy';

            return new \Apn\AmiClient\RoundRobin();
        });
        $app->bind(MetricsCollector::class, function () use (&$asked): MetricsCollector {
            $asked[] = 'collector';

            return self::createStub(MetricsCollector::class);
        });

        Ami::serverKeys();

        self::assertSame(['collector', 'strategy'], $asked);
    }

    public function test_an_application_whose_configuration_cannot_be_used_does_not_boot(): void
    {
        try {
            $this->boot(['ami-client.gateway.timeout_ms' => 'soon'] + self::SET_UP);
            self::fail('it booted');
        } catch (InvalidSettingException $e) {
            self::assertSame('ami-client.gateway.timeout_ms', $e->key());
        }
    }

    public function test_what_a_manager_refuses_is_refused_at_boot_and_without_a_manager(): void
    {
        try {
            $this->boot(['ami-client.servers.main.port' => '70000'] + self::SET_UP);
            self::fail('it booted');
        } catch (InvalidSettingException $e) {
            self::assertSame('ami-client.servers.main.port', $e->key());
        }
    }

    /** @param array<string, mixed> $config */
    #[TestWith([['log_channel' => 'stak'], 'log_channel', 'stack'])]
    #[TestWith([['gateway.enabled' => true, 'gateway.connection' => 'defaultt'], 'gateway.connection', 'default'])]
    #[TestWith([['listen.standby.enabled' => true, 'listen.standby.store' => 'redis2'], 'listen.standby.store', 'redis'])]
    #[TestWith([['bridges.streams.enabled' => true, 'bridges.streams.connection' => 'options'], 'bridges.streams.connection', null])]
    public function test_what_is_named_of_the_application_must_be_there(array $config, string $key, ?string $suggestion): void
    {
        $under = [];
        foreach ($config as $name => $value) {
            $under["ami-client.$name"] = $value;
        }
        try {
            $this->boot($under + self::SET_UP);
            self::fail('it booted');
        } catch (InvalidSettingException $e) {
            self::assertSame(["ami-client.$key", $suggestion], [$e->key(), $e->suggestion()]);
        }
    }

    public function test_what_is_not_in_use_need_not_be_there(): void
    {
        self::assertTrue($this->boot(['ami-client.gateway.connection' => 'ami', 'ami-client.listen.standby.store' => 'x'] + self::SET_UP)->isBooted());
    }

    public function test_a_value_that_a_provider_of_the_application_sets_in_time_counts(): void
    {
        $provider = new class ($this->app()) extends ServiceProvider {
            public function boot(): void
            {
                config(['ami-client.gateway.timeout_ms' => 500]);
            }
        };

        $app = $this->boot(['ami-client.gateway.timeout_ms' => 'soon'] + self::SET_UP, [$provider::class]);

        self::assertSame(500, $app->make(\Apn\AmiClient\Laravel\Config\GatewayConfig::class)->timeoutMs);
    }

    #[DataProvider('commands')]
    public function test_commands_that_mend_the_configuration_run_nevertheless(string $arguments, bool $runs): void
    {
        $this->arguments = array_values(array_filter((array) ($_SERVER['argv'] ?? []), is_string(...)));
        $_SERVER['argv'] = explode(' ', "artisan $arguments");
        if (!$runs) {
            $this->expectException(InvalidSettingException::class);
        }

        $app = $this->boot(['ami-client.gateway.timeout_ms' => 'soon'] + self::SET_UP);

        self::assertTrue($app->isBooted());
    }

    /** @return iterable<string, array{string, bool}> */
    public static function commands(): iterable
    {
        yield 'config:clear' => ['config:clear', true];
        yield 'package:discover, by Composer' => ['package:discover --ansi', true];
        yield 'an option before the command' => ['--no-interaction vendor:publish --tag=ami-client-config', true];
        yield 'the list of commands' => ['--version', true];
        yield 'config:cache, in a deployment' => ['config:cache', false];
        yield 'queue:work' => ['queue:work', false];
        yield 'ami:listen, which says so itself' => ['ami:listen', true];
    }

    /** @param array<string, mixed> $arguments */
    #[TestWith(['ami:action', ['name' => 'Ping'], 2])]
    #[TestWith(['ami:consume', [], 2])]
    #[TestWith(['ami:doctor', [], 2])]
    #[TestWith(['ami:listen', [], 2])]
    #[TestWith(['ami:restart', [], 0])]
    #[TestWith(['ami:status', [], 3])]
    #[TestWith(['ami:tail', [], 2])]
    #[TestWith(['ami:top', [], 2])]
    public function test_the_commands_of_this_package_refuse_it_in_one_line_and_by_an_exit_code_of_their_own(string $command, array $arguments, int $code): void
    {
        foreach (['gateway.timeout_ms' => 'soon', 'log_channel' => 'stak'] as $key => $value) {
            $this->arguments ??= array_values(array_filter((array) ($_SERVER['argv'] ?? []), is_string(...)));
            $_SERVER['argv'] = ['artisan', $command];
            $app = $this->boot(["ami-client.$key" => $value] + self::SET_UP);
            $output = new BufferedOutput();

            self::assertSame($code, $app->make(Kernel::class)->call($command, $arguments, $output));
            self::assertSame($code !== 0, str_contains($output->fetch(), "ami-client.$key: "));
        }
    }

    public function test_the_configuration_is_published_by_its_tag(): void
    {
        $app = $this->app();
        $app->make(Kernel::class)->call('vendor:publish', ['--tag' => 'ami-client-config']);

        self::assertFileEquals(\dirname(__DIR__, 3) . '/php/Laravel/config/ami-client.php', $app->configPath('ami-client.php'));
    }

    /** @return list<string> what the descriptors of this process are, sockets and polls first of all */
    private static function descriptors(): array
    {
        $targets = [];
        foreach ((array) glob('/proc/self/fd/*') as $descriptor) {
            $targets[] = (string) @readlink((string) $descriptor);
        }
        $targets = array_values(array_filter($targets, static fn(string $target): bool => preg_match('/^(socket|anon_inode|pipe)/', $target) === 1));
        sort($targets);

        return $targets;
    }
}
