<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel;

use Apn\AmiClient\Laravel\Connections\ProcessConnections;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Queue\Events\Looping;

/** Tells the connections of this process where one request or job ends and the next begins. */
final class Lifecycle
{
    /** By name: Octane need not be there. */
    private const array OCTANE_BEGINS = [
        'Laravel\Octane\Events\RequestReceived',
        'Laravel\Octane\Events\TaskReceived',
        'Laravel\Octane\Events\TickReceived',
    ];

    private const array OCTANE_ENDS = [
        'Laravel\Octane\Events\RequestTerminated',
        'Laravel\Octane\Events\TaskTerminated',
        'Laravel\Octane\Events\TickTerminated',
    ];

    private const string OCTANE_STOPS = 'Laravel\Octane\Events\WorkerStopping';

    public static function watch(Application $app, Dispatcher $events): void
    {
        $connections = static fn(): ProcessConnections => $app->make(ProcessConnections::class);
        foreach (self::OCTANE_BEGINS as $event) {
            $events->listen($event, static function () use ($connections): void {
                $connections()->begin();
            });
        }
        foreach (self::OCTANE_ENDS as $event) {
            $events->listen($event, static function () use ($connections): void {
                $connections()->end();
            });
        }
        $events->listen(self::OCTANE_STOPS, static function () use ($connections): void {
            $connections()->end();
            $connections()->terminating();
        });
        // A queue worker, before it looks for the next job. It would pause if this returned false.
        $events->listen(Looping::class, static function () use ($connections): void {
            $connections()->begin();
        });
        $app->terminating(static function () use ($connections): void {
            $connections()->terminating();
        });
    }
}
