<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;

/**
 * Shows events as they come, on connections of its own, until a signal, a limit, or until nobody reads any more.
 *
 * The terminal never holds up a tick: what it does not take in time is left out and counted.
 */
final class Tail
{
    /** What is still to be shown at the end gets so long. */
    private const float FLUSH_SECONDS = 1.0;

    private const int TICK_MS = 50;

    private int $matched = 0;

    private readonly StateNotes $states;

    private readonly EventLine $line;

    /**
     * @param AmiClientManager $manager nobody else listens on it
     * @param Screen $events what comes
     * @param Screen $notes what is said of servers and at the end
     * @param int|null $count ends after so many events
     */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly EventCriteria $criteria,
        private readonly TailFormat $format,
        private readonly Screen $events,
        private readonly Screen $notes,
        private readonly ?int $count = null,
    ) {
        $this->states = new StateNotes($manager);
        $this->line = new EventLine($events, max(3, ...array_map(strlen(...), array_map(strval(...), array_keys($manager->health())))));
    }

    /** @return bool whether a server was reached */
    public function run(Limits $limits = new Limits()): bool
    {
        $listener = new Listener($this->manager, $limits, tickTimeoutMs: self::TICK_MS);
        $show = function (AmiEvent $event) use ($listener): void {
            if (($this->count === null || $this->matched < $this->count) && $this->criteria->accepts($event)) {
                $this->matched++;
                $this->events->line($this->shown($event));
            }
            if ($this->count !== null && $this->matched >= $this->count) {
                $listener->stop();
            }
        };
        $names = $this->criteria->exactNames();
        if ($names === null) {
            $this->manager->onAnyEvent($show);
        }
        foreach ($names ?? [] as $name) {
            $this->manager->onEvent($name, $show);
        }
        $outcome = $listener->onTick(function () use ($listener): void {
            foreach ($this->states->changes() as $key => $change) {
                $this->notes->line($this->notes->colour("$key: {$change['text']}", $change['isGood'] ? 32 : 31));
            }
            $this->notes->show();
            $this->events->show();
            if (!$this->events->hasReader()) {
                $listener->stop();
            }
        })->run();
        if (!$this->events->gone) {
            $this->events->finish(self::FLUSH_SECONDS);
            if ($outcome->unclosed !== []) {
                $this->notes->line('no goodbye from ' . implode(', ', $outcome->unclosed));
            }
            $this->notes->line($this->summary());
            $this->notes->finish(self::FLUSH_SECONDS);
        }

        return $this->states->wasAnyReady();
    }

    private function shown(AmiEvent $event): string
    {
        return match ($this->format) {
            TailFormat::Line => $this->line->of($event),
            TailFormat::Json => EventPayload::of($event)->toJson(),
            TailFormat::Raw => $this->events->isTerminal
                ? implode("\n", array_map(Screen::clean(...), explode("\n", str_replace("\r\n", "\n", $event->raw())))) . "\n"
                : $event->raw() . "\r\n",
        };
    }

    private function summary(): string
    {
        [$came, $unheard, $dropped, $gaps] = [0, 0, 0, 0];
        foreach ($this->manager->metrics()['servers'] as $server) {
            $came += $server['events'];
            $unheard += $server['events_unheard'];
            $dropped += $server['events_dropped'];
            $gaps += max(0, $server['sessions'] - 1);
        }
        $said = \sprintf('%s shown of %s that came', $this->number($this->matched - $this->events->leftOutInAll), $this->number($came));
        foreach ([
            'left out, as the terminal or pipe took no more' => $this->events->leftOutInAll,
            'dropped, as they came faster than they were handled' => $dropped,
            'of other names' => $unheard,
        ] as $what => $count) {
            $said .= $count > 0 ? ", {$this->number($count)} $what" : '';
        }

        return $said . ($gaps > 0 ? "; connected anew $gaps times, what happened in between was missed" : '');
    }

    private function number(int $count): string
    {
        return number_format($count);
    }
}
