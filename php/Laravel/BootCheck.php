<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel;

use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Config\References;
use Illuminate\Contracts\Container\Container;
use Illuminate\Contracts\Foundation\Application;
use Symfony\Component\Console\Input\ArgvInput;

/**
 * Refuses a configuration that cannot be used as soon as the application has booted.
 *
 * Not where somebody is at work on just that: what clears or publishes files, what Composer runs, and what looks must still run.
 * `config:cache` is not among them, so that a deployment finds out before anybody else does. The commands of this package are: they
 * refuse it themselves, by one line and by the exit code that they have for it.
 */
final class BootCheck
{
    private const array SPARED = [
        'about',
        'ami:action',
        'ami:consume',
        'ami:doctor',
        'ami:listen',
        'ami:restart',
        'ami:status',
        'ami:tail',
        'ami:top',
        'cache:clear',
        'clear-compiled',
        'completion',
        '_complete',
        'config:clear',
        'config:publish',
        'config:show',
        'down',
        'env',
        'env:decrypt',
        'env:encrypt',
        'event:clear',
        'help',
        'key:generate',
        'list',
        'optimize:clear',
        'package:discover',
        'route:clear',
        'up',
        'vendor:publish',
        'view:clear',
    ];

    /** @throws InvalidSettingException */
    public static function run(Application $app): void
    {
        if ($app->runningInConsole() && self::isSpared()) {
            return;
        }
        self::config($app);
    }

    /**
     * The configuration, where it can be used.
     *
     * @throws InvalidSettingException
     */
    public static function config(Container $app): AmiConfig
    {
        $config = $app->make(AmiConfig::class);
        $app->make(References::class)->check($config);

        return $config;
    }

    private static function isSpared(): bool
    {
        $command = (new ArgvInput())->getFirstArgument();

        return $command === null || \in_array($command, self::SPARED, true);
    }
}
