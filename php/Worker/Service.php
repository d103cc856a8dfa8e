<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

use Apn\AmiClient\Contracts\AmiClientManager;

/**
 * What a worker does besides ticking: hands events on, takes actions in, tells how it is.
 *
 * None of these methods may wait for long: while they do, nothing is dispatched. What one throws is logged and counted, and
 * neither the loop nor another service hears of it; after a poll() that threw, the next one comes after a pause that grows.
 *
 * {@see StandsBy}, {@see HearsTakeover} and {@see HasBacklog} are for those that several workers stand by for.
 */
interface Service
{
    /** For logs and counters: short, and a name no other service of the worker has. */
    public function name(): string;

    /**
     * Before the servers are connected, and once: the place to subscribe. What it throws ends run(), before anything is connected.
     */
    public function start(AmiClientManager $manager): void;

    /**
     * After each tick.
     *
     * @return int|null most milliseconds until it wants to be called again, so that the next tick waits no longer; null for no wish
     */
    public function poll(): ?int;

    /**
     * Once the worker stops: nothing new is taken in from now on. It is still polled while servers get their goodbye.
     */
    public function stop(): void;

    /** Whether something waits in it that a stopping worker should still wait for, as far as its time allows. */
    public function isBusy(): bool;

    /**
     * After the last tick.
     *
     * @return array<string, int> what was lost with it, by a name for the log; empty where nothing was
     */
    public function finish(): array;

    /** @return array<string, int|float|string|bool|null|array<string, int>> counters and gauges, for status and logs */
    public function stats(): array;
}
