<?php

declare(strict_types=1);

// An application with nothing in it but this package, for tests of whole processes. FOLDER is where its files are, CONFIG its settings
// by dotted path as JSON, EVENTS a file for what it hears.

use Apn\AmiClient\Laravel\AmiServiceProvider;
use Apn\AmiClient\Tests\Laravel\Listen\EventFile;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Bootstrap\LoadConfiguration;
use Illuminate\Foundation\Configuration\Exceptions;
use Illuminate\Foundation\Configuration\Middleware;
use Symfony\Component\Console\Input\ArgvInput;

require dirname(__DIR__, 4) . '/vendor/autoload.php';

$app = Application::configure((string) getenv('FOLDER'))
    ->withProviders([AmiServiceProvider::class], withBootstrapProviders: false)
    ->withMiddleware(static function (Middleware $middleware): void {})
    ->withExceptions(static function (Exceptions $exceptions): void {})
    ->create();
$app->afterBootstrapping(LoadConfiguration::class, static function (Application $app): void {
    $config = $app->make(Repository::class);
    $config->set('ami-client', require dirname(__DIR__, 4) . '/php/Laravel/config/ami-client.php');
    /** @var array<string, mixed> $settings */
    $settings = json_decode((string) getenv('CONFIG'), true, flags: JSON_THROW_ON_ERROR);
    $config->set($settings);
});
if (getenv('EVENTS') !== false) {
    $app->bind(EventFile::class, static fn(): EventFile => new EventFile((string) getenv('EVENTS')));
    $app->tag([EventFile::class], AmiServiceProvider::SERVICES_TAG);
}
exit($app->handleCommand(new ArgvInput()));
