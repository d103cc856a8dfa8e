<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Native\NativeManager;

/**
 * The services of a worker, each kept from the others: what one throws is logged and counted, and it is polled again after a pause.
 *
 * @internal
 */
final class Services
{
    /** The first pause of a service that threw; each further one in a row doubles it. */
    private const float FIRST_PAUSE_SECONDS = 0.1;

    /** No longer than a person waits before looking again. */
    private const float LONGEST_PAUSE_SECONDS = 10.0;

    /** @var array<string, Service> by name */
    private array $services = [];

    /** @var array<string, int> failures in a row, by service */
    private array $inRow = [];

    /** @var array<string, int> failures ever, by service */
    private array $failures = [];

    /** @var array<string, float> until when a service that threw is left alone */
    private array $pausedUntil = [];

    /** @var array<string, float> since when a service was busy whenever it was asked */
    private array $busySince = [];

    private bool $hasStarted = false;

    private bool $isStopping = false;

    /** @param \Closure(): float $now seconds of a clock that nobody sets */
    public function __construct(private readonly \Closure $now, private readonly Complaints $complaints) {}

    /** @throws InvalidConfigurationException where another service has its name */
    public function add(Service $service): void
    {
        $name = $service->name();
        if (isset($this->services[$name])) {
            throw new InvalidConfigurationException("service: another one of this worker is named \"$name\"");
        }
        $this->services[$name] = $service;
        $this->failures[$name] = 0;
    }

    /**
     * What a service throws here ends it all: those that have begun are ended again.
     *
     * @throws \LogicException where they were started before: they would listen twice
     */
    public function start(AmiClientManager $manager): void
    {
        if ($this->services === []) {
            return;
        }
        if ($this->hasStarted) {
            throw new \LogicException('a worker with services runs once: make another one');
        }
        $this->hasStarted = true;
        $contract = new NativeManager($manager);
        $begun = [];
        try {
            foreach ($this->services as $name => $service) {
                $begun[$name] = $service;
                $service->start($contract);
            }
        } catch (\Throwable $thrown) {
            array_pop($begun);
            foreach ($begun as $name => $service) {
                $this->attempt($name, 'stop', $service->stop(...));
                $this->attempt($name, 'finish', $service->finish(...));
            }
            throw $thrown;
        }
    }

    /**
     * After each tick.
     *
     * @return int|null most milliseconds that the next tick may wait; null for no wish
     */
    public function poll(): ?int
    {
        $next = null;
        foreach ($this->services as $name => $service) {
            // A worker that stops has no time for pauses: it is the last chance of what waits.
            $pause = $this->isStopping || !isset($this->pausedUntil[$name]) ? 0.0 : $this->pausedUntil[$name] - ($this->now)();
            $wish = $pause > 0.0 ? (int) ceil($pause * 1000) : $this->pollOne($name, $service);
            if ($wish !== null) {
                $next = min($next ?? $wish, max(0, $wish));
            }
        }

        return $next;
    }

    public function standBy(): void
    {
        $this->tell(StandsBy::class, 'standBy', static fn(StandsBy $service) => $service->standBy());
    }

    public function takeOver(): void
    {
        $this->tell(StandsBy::class, 'takeOver', static fn(StandsBy $service) => $service->takeOver());
    }

    public function hearTakeover(ConnectionGap $gap): void
    {
        $this->tell(HearsTakeover::class, 'onTakeover', static fn(HearsTakeover $service) => $service->onTakeover($gap));
    }

    public function stop(): void
    {
        $this->isStopping = true;
        foreach ($this->services as $name => $service) {
            $this->attempt($name, 'stop', $service->stop(...));
        }
    }

    public function areBusy(): bool
    {
        foreach ($this->services as $name => $service) {
            if ($this->attempt($name, 'isBusy', $service->isBusy(...)) === true) {
                return true;
            }
        }

        return false;
    }

    /** For how long the oldest of what waits in any of them has waited. */
    public function backlogSeconds(): float
    {
        $now = ($this->now)();
        $oldest = 0.0;
        foreach ($this->services as $name => $service) {
            $backlog = $service instanceof HasBacklog ? $this->attempt($name, 'backlogSeconds', $service->backlogSeconds(...)) : null;
            if ($backlog === null && $this->attempt($name, 'isBusy', $service->isBusy(...)) === true) {
                $backlog = $now - ($this->busySince[$name] ??= $now);
            } elseif ($backlog === null) {
                unset($this->busySince[$name]);
            }
            $oldest = max($oldest, $backlog ?? 0.0);
        }

        return $oldest;
    }

    /** @return array<string, array<string, int>> what was lost, by service; only those that lost something */
    public function finish(): array
    {
        $lost = [];
        foreach ($this->services as $name => $service) {
            $counts = array_filter($this->attempt($name, 'finish', $service->finish(...)) ?? [], static fn(int $count): bool => $count !== 0);
            if ($counts !== []) {
                $lost[$name] = $counts;
            }
        }

        return $lost;
    }

    /** @return array<string, array<string, int|float|string|bool|null|array<string, int>>> by service, with its `failures` */
    public function stats(): array
    {
        $stats = [];
        foreach ($this->services as $name => $service) {
            $stats[$name] = [...$this->attempt($name, 'stats', $service->stats(...)) ?? [], 'failures' => $this->failures[$name]];
        }

        return $stats;
    }

    private function pollOne(string $name, Service $service): ?int
    {
        try {
            $wish = $service->poll();
            unset($this->inRow[$name], $this->pausedUntil[$name]);

            return $wish;
        } catch (\Throwable $thrown) {
            $this->failed($name, 'poll', $thrown);
            $row = $this->inRow[$name] = ($this->inRow[$name] ?? 0) + 1;
            $pause = min(self::LONGEST_PAUSE_SECONDS, self::FIRST_PAUSE_SECONDS * 2 ** min(16, $row - 1));
            $this->pausedUntil[$name] = ($this->now)() + $pause;

            return (int) ceil($pause * 1000);
        }
    }

    /**
     * @template S of Service
     *
     * @param class-string<S> $type
     * @param \Closure(S): mixed $what
     */
    private function tell(string $type, string $method, \Closure $what): void
    {
        foreach ($this->services as $name => $service) {
            if ($service instanceof $type) {
                $this->attempt($name, $method, static fn(): mixed => $what($service));
            }
        }
    }

    /**
     * @template T
     *
     * @param \Closure(): T $call
     *
     * @return T|null null where it threw
     */
    private function attempt(string $name, string $method, \Closure $call): mixed
    {
        try {
            return $call();
        } catch (\Throwable $thrown) {
            $this->failed($name, $method, $thrown);

            return null;
        }
    }

    private function failed(string $name, string $method, \Throwable $thrown): void
    {
        $this->failures[$name]++;
        $this->complaints->add("service $name", "a service of the worker threw; the others go on", $thrown, ['service' => $name, 'method' => $method]);
    }
}
