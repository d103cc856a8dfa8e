<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Contracts;
use Apn\AmiClient\Gateway\GatewayManager;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\BridgesConfig;
use Apn\AmiClient\Laravel\Config\ConfigReader;
use Apn\AmiClient\Laravel\Config\GatewayConfig;
use Apn\AmiClient\Laravel\Config\ListenConfig;
use Apn\AmiClient\Laravel\Connections\ManagerFactory;
use Apn\AmiClient\Laravel\Connections\ProcessConnections;
use Apn\AmiClient\Laravel\Gateway\GatewayConnections;
use Apn\AmiClient\Native\NativeManager;
use Illuminate\Console\Command;
use Illuminate\Container\Container;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Contracts\Container\Container as ContainerContract;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Support\ServiceProvider;

/**
 * What a Laravel application gets. Registering and booting it opens nothing; the configuration is read and checked, and the first who
 * asks for a manager makes one.
 */
final class AmiServiceProvider extends ServiceProvider
{
    /**
     * What `ami:listen` runs besides ticking: each entry is a Worker\Service, or an iterable of such, resolved in that process only.
     */
    public const string SERVICES_TAG = 'ami-client.services';

    private const string CONFIG = __DIR__ . '/config/ami-client.php';

    /** @var list<class-string<Command>> one a line, by alphabet */
    private const array COMMANDS = [
        Console\ActionCommand::class,
        Console\ConsumeCommand::class,
        Console\DoctorCommand::class,
        Console\ListenCommand::class,
        Console\RestartCommand::class,
        Console\StatusCommand::class,
        Console\TailCommand::class,
        Console\TopCommand::class,
    ];

    /** @var list<class-string> of the tag, one a line, by alphabet */
    private const array SERVICES = [
        Bridges\Bridges::class,
        Gateway\GatewayService::class,
    ];

    public function register(): void
    {
        $this->mergeConfigFrom(self::CONFIG, AmiConfig::KEY);
        $this->registerConfig();
        $this->registerManagers();
        $this->app->tag(self::SERVICES, self::SERVICES_TAG);
    }

    public function boot(): void
    {
        Lifecycle::watch($this->app, $this->app->make(Dispatcher::class));
        // After the application's own providers, which may still set something.
        $this->app->booted(static fn(Application $app) => BootCheck::run($app));
        if ($this->app->runningInConsole()) {
            $this->publishes([self::CONFIG => $this->app->configPath('ami-client.php')], ['ami-client', 'ami-client-config']);
            $this->commands(self::COMMANDS);
            AboutSection::add($this->app);
        }
    }

    /** Not shared: a test and a request under Octane may have changed it. */
    private function registerConfig(): void
    {
        $this->app->instance(ConfigReader::class, new ConfigReader());
        $this->app->bind(AmiConfig::class, static fn(ContainerContract $app): AmiConfig
            => $app->make(ConfigReader::class)->read($app->make(Repository::class)));
        $this->app->bind(ListenConfig::class, static fn(ContainerContract $app): ListenConfig => $app->make(AmiConfig::class)->listen);
        $this->app->bind(BridgesConfig::class, static fn(ContainerContract $app): BridgesConfig => $app->make(AmiConfig::class)->bridges);
        $this->app->bind(GatewayConfig::class, static fn(ContainerContract $app): GatewayConfig => $app->make(AmiConfig::class)->gateway);
    }

    private function registerManagers(): void
    {
        // The objects themselves and not how to make them: Octane's copy of the application, another for each request, shares them.
        $factory = new ManagerFactory(static fn(): ContainerContract => Container::getInstance());
        $this->app->instance(ManagerFactory::class, $factory);
        $this->app->instance(ProcessConnections::class, new ProcessConnections($factory));

        $this->app->instance(GatewayConnections::class, new GatewayConnections(static fn(): ContainerContract => Container::getInstance()));

        // What is shared is the process's; these only lead to it.
        $this->app->bind(NativeManager::class, static fn(ContainerContract $app): NativeManager
            => $app->make(ProcessConnections::class)->manager($app->make(AmiConfig::class)));
        $this->app->bind(AmiClientManager::class, static fn(ContainerContract $app): AmiClientManager
            => $app->make(NativeManager::class)->native());

        $this->app->bind(GatewayManager::class, static fn(ContainerContract $app): GatewayManager
            => $app->make(GatewayConnections::class)->manager($app->make(AmiConfig::class)));

        $this->app->bind(Contracts\AmiClientManager::class, static fn(ContainerContract $app): Contracts\AmiClientManager
            => $app->make($app->make(AmiConfig::class)->gateway->enabled ? GatewayManager::class : NativeManager::class));
        $this->app->bind(Contracts\ActionSender::class, static fn(ContainerContract $app): Contracts\ActionSender
            => $app->make(Contracts\AmiClientManager::class));
        $this->app->bind(Contracts\AmiClient::class, static fn(ContainerContract $app): Contracts\AmiClient
            => $app->make(Contracts\AmiClientManager::class)->default());
    }
}
