<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Support;

use Illuminate\Config\Repository;
use Illuminate\Container\Container;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Foundation\Application;
use Illuminate\Support\Facades\Facade;

/**
 * Handles requests as Octane's worker does: each in a copy of the one application that was booted, with a copy of the configuration,
 * between events that bear Octane's names.
 */
final readonly class Octane
{
    public function __construct(private Application $app) {}

    /**
     * @template T
     *
     * @param \Closure(Application): T $request
     *
     * @return T
     */
    public function request(\Closure $request): mixed
    {
        $sandbox = clone $this->app;
        self::use($sandbox);
        $sandbox->instance('config', clone $sandbox->make(Repository::class));
        $events = $this->app->make(Dispatcher::class);
        $event = (object) ['app' => $this->app, 'sandbox' => $sandbox];
        try {
            $events->dispatch('Laravel\Octane\Events\RequestReceived', [$event]);

            return $request($sandbox);
        } finally {
            $sandbox->terminate();
            $events->dispatch('Laravel\Octane\Events\RequestTerminated', [$event]);
            $this->app->forgetScopedInstances();
            $sandbox->flush();
            self::use($this->app);
        }
    }

    private static function use(Application $app): void
    {
        $app->instance('app', $app);
        $app->instance(Container::class, $app);
        Container::setInstance($app);
        Facade::clearResolvedInstances();
        Facade::setFacadeApplication($app);
    }
}
