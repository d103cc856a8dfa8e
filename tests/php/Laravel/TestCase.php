<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel;

use Apn\AmiClient\Laravel\AmiServiceProvider;
use Illuminate\Console\Application as ConsoleApplication;
use Illuminate\Container\Container;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Bootstrap\HandleExceptions;
use Illuminate\Foundation\Bootstrap\LoadConfiguration;
use Illuminate\Foundation\Bootstrap\RegisterProviders;
use Illuminate\Foundation\Configuration\Exceptions;
use Illuminate\Foundation\Configuration\Middleware;
use Illuminate\Foundation\Console\AboutCommand;
use Illuminate\Support\Facades\Facade;

/**
 * An application of its own for each test, with nothing in it but this package: the framework brings its default configuration.
 */
abstract class TestCase extends \PHPUnit\Framework\TestCase
{
    /** @var list<string> folders to remove */
    private array $folders = [];

    private ?Application $app = null;

    protected function tearDown(): void
    {
        // What the framework keeps beside its applications.
        RegisterProviders::flushState();
        AboutCommand::flushState();
        ConsoleApplication::forgetBootstrappers();
        if ($this->app !== null) {
            $this->app->flush();
            // PHPUnit looks whether a test leaves handlers of errors behind.
            HandleExceptions::flushState($this);
            Facade::clearResolvedInstances();
            Container::setInstance(null);
            $this->app = null;
        }
        foreach ($this->folders as $folder) {
            self::remove($folder);
        }
        $this->folders = [];
        parent::tearDown();
    }

    /** The application of this test, booted when first asked for. */
    protected function app(): Application
    {
        return $this->app ??= $this->boot();
    }

    /**
     * Boots an application.
     *
     * @param array<string, mixed> $config by dotted path, over what the framework and the package have
     * @param list<class-string<\Illuminate\Support\ServiceProvider>> $providers besides this package's
     * @param (\Closure(Application): mixed)|null $before called before anything is registered
     */
    protected function boot(array $config = [], array $providers = [], ?\Closure $before = null): Application
    {
        $app = Application::configure($this->folder())
            ->withProviders([AmiServiceProvider::class, ...$providers], withBootstrapProviders: false)
            ->withMiddleware(static function (Middleware $middleware): void {})
            ->withExceptions(static function (Exceptions $exceptions): void {})
            ->create();
        $app->afterBootstrapping(LoadConfiguration::class, function (Application $app) use ($config): void {
            // As if the configuration had been published: what is not is merged by the provider, in whole sections.
            $app->make(\Illuminate\Config\Repository::class)->set('ami-client', require \dirname(__DIR__, 3) . '/php/Laravel/config/ami-client.php');
            $app->make(\Illuminate\Config\Repository::class)->set($config + $this->config());
        });
        if ($before !== null) {
            $before($app);
        }
        $this->app = $app;
        $app->make(Kernel::class)->bootstrap();

        return $app;
    }

    /** @return array<string, mixed> by dotted path, for each application of this test */
    protected function config(): array
    {
        return [
            'app.key' => 'base64:' . base64_encode(str_repeat('k', 32)),
            'cache.default' => 'array',
            'logging.default' => 'null',
            'queue.default' => 'sync',
            'session.driver' => 'array',
        ];
    }

    /** A folder laid out as an application's, removed after the test. */
    protected function folder(): string
    {
        $folder = sys_get_temp_dir() . '/apn-ami-laravel-' . getmypid() . '-' . bin2hex(random_bytes(4));
        foreach (['app', 'bootstrap/cache', 'config', 'routes', 'storage/logs', 'storage/framework/views', 'storage/framework/cache/data'] as $inner) {
            mkdir("$folder/$inner", recursive: true);
        }
        $this->folders[] = $folder;

        return $folder;
    }

    private static function remove(string $path): void
    {
        if (is_dir($path) && !is_link($path)) {
            foreach (array_diff((array) scandir($path), ['.', '..']) as $name) {
                self::remove("$path/$name");
            }
            rmdir($path);
        } elseif (file_exists($path) || is_link($path)) {
            unlink($path);
        }
    }
}
