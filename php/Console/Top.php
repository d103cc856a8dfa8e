<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Diagnosis\HeardNames;
use Apn\AmiClient\Diagnosis\Rates;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;

/**
 * Shows each second which events come how often, on connections of its own, and at the end what would lower that.
 *
 * @phpstan-import-type Server from TopReport
 */
final class Top
{
    private const int INTERVAL_NS = 1_000_000_000;

    private const float FLUSH_SECONDS = 2.0;

    /** Lines of a terminal that are not rows of events: servers come on top of these. */
    private const int OTHER_LINES = 6;

    private readonly StateNotes $states;

    /** @var array<string, array{float, int, int}> by server: when, events and bytes so far, at the beginning of its first session */
    private array $first = [];

    /** @var array<string, array{float, int, int}> the same at the last sample */
    private array $last = [];

    private Rates $rates;

    /** @var array<string, array{string, string|null}> by server: its state and version, as they were before the goodbye */
    private array $seen = [];

    /** When a server was last there to send events. */
    private float $end;

    /**
     * @param AmiClientManager $manager nobody else listens on it, and its `push_filters` are off
     * @param array<string, string> $users names of manager.conf, by server
     * @param bool $isWatching a table each second; else the average at the end alone
     */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly array $users,
        private readonly HeardNames $heard,
        private readonly Screen $screen,
        private readonly Screen $notes,
        private readonly bool $isWatching = true,
        private readonly bool $isJson = false,
    ) {
        $this->states = new StateNotes($manager);
        $this->end = self::now();
        $this->rates = new Rates($this->end);
    }

    /** @return bool whether a server was reached */
    public function run(Limits $limits = new Limits()): bool
    {
        $this->manager->onAnyEvent(fn(AmiEvent $event) => $this->rates->count($event->serverKey, $event->name, \strlen($event->raw())));
        $sampleAt = hrtime(true) + self::INTERVAL_NS;
        // Rates are over the time in which events could come.
        $isCounting = false;
        $listener = new Listener($this->manager, $limits, tickTimeoutMs: 50);
        $listener->onTick(function () use ($listener, &$sampleAt, &$isCounting): void {
            foreach ($this->states->changes() as $key => $change) {
                $this->notes->line($this->notes->colour("$key: {$change['text']}", $change['isGood'] ? 32 : 31));
            }
            if (!$isCounting && $this->states->wasAnyReady()) {
                [$isCounting, $this->rates, $sampleAt] = [true, new Rates(self::now()), hrtime(true) + self::INTERVAL_NS];
                $this->first = $this->last = $this->counters();
            }
            $isThere = $this->look();
            if ($isThere && hrtime(true) >= $sampleAt) {
                $sampleAt = hrtime(true) + self::INTERVAL_NS;
                $this->show();
            }
            $this->notes->show();
            $this->screen->show();
            if (!$this->screen->hasReader()) {
                $listener->stop();
            }
        })->run();
        $this->conclude($this->end);

        return $this->states->wasAnyReady();
    }

    /** @return bool whether the goodbye has not begun */
    private function look(): bool
    {
        $isThere = false;
        foreach (array_map(strval(...), array_keys($this->users)) as $key) {
            $client = $this->manager->server($key);
            $state = $client->state();
            if (!\in_array($state, [ConnectionState::Closing, ConnectionState::Disconnected], true)) {
                $this->seen[$key] = [$state->value, $client->asteriskVersion() ?? $this->seen[$key][1] ?? null];
                [$isThere, $this->end] = [true, self::now()];
            }
        }

        return $isThere;
    }

    private function show(): void
    {
        if (!$this->isWatching) {
            return;
        }
        $now = self::now();
        $seconds = $now - (array_values($this->last)[0][0] ?? $now);
        $report = new TopReport($this->servers($this->last, $now), $this->rates->sample($now), $this->heard, $seconds);
        $this->last = $this->counters();
        if ($this->isJson) {
            $this->screen->line(self::json($report->toArray()));
        } elseif ($this->screen->isTerminal) {
            $this->screen->status($report->table($this->screen, max(3, $this->screen->height - self::OTHER_LINES - \count($this->users))));
        } else {
            array_map($this->screen->line(...), [...$report->table($this->screen), '']);
        }
    }

    private function conclude(float $end): void
    {
        $seconds = $end - (array_values($this->first)[0][0] ?? $end);
        $report = new TopReport($this->servers($this->first, $end), $this->rates->average($end), $this->heard, $seconds);
        $this->screen->status([]);
        if ($this->isJson && !$this->isWatching) {
            $this->screen->line(self::json($report->toArray()));
        } elseif (!$this->isJson) {
            $this->screen->line($this->screen->colour(\sprintf('Average of %.1f s', $seconds), 1));
            array_map($this->screen->line(...), $report->table($this->screen));
            array_map($this->screen->whole(...), $report->advice($this->screen));
        }
        $this->screen->finish(self::FLUSH_SECONDS);
        $this->notes->finish(self::FLUSH_SECONDS);
    }

    /**
     * @param array<string, array{float, int, int}> $before
     *
     * @return array<string, Server>
     */
    private function servers(array $before, float $now): array
    {
        $servers = [];
        foreach ($this->manager->metrics()['servers'] as $key => $metrics) {
            [$at, $events, $bytes] = $before["$key"] ?? [$now, $metrics['events'], $metrics['read_bytes']];
            $seconds = max(0.001, $now - $at);
            $servers["$key"] = [
                'state' => $this->seen["$key"][0] ?? ConnectionState::Disconnected->value,
                'events' => ($metrics['events'] - $events) / $seconds,
                'bytes' => ($metrics['read_bytes'] - $bytes) / $seconds,
                'dropped' => $metrics['events_dropped'],
                'user' => $this->users["$key"] ?? 'user',
                'version' => $this->seen["$key"][1] ?? null,
            ];
        }

        return $servers;
    }

    /** @return array<string, array{float, int, int}> */
    private function counters(): array
    {
        $counters = [];
        foreach ($this->manager->metrics()['servers'] as $key => $metrics) {
            $counters["$key"] = [self::now(), $metrics['events'], $metrics['read_bytes']];
        }

        return $counters;
    }

    /** @param array<string, mixed> $report */
    private static function json(array $report): string
    {
        return json_encode($report, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE);
    }

    private static function now(): float
    {
        return hrtime(true) / 1e9;
    }
}
