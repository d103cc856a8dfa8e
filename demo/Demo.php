<?php

declare(strict_types=1);

namespace Apn\AmiClient\Demo;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Console\EventLine;
use Apn\AmiClient\Console\Screen;
use Apn\AmiClient\Console\StateNotes;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;
use Apn\AmiClient\Worker\StopReason;

/** The listener: what comes is counted and shown; at the start each node gets an Originate and a QueueStatus. */
final class Demo
{
    /** Nodes that are not ready by then are left out of the actions at the start. */
    private const float START_SECONDS = 5.0;

    private readonly AmiClientManager $manager;

    /** @var list<string> */
    private readonly array $nodes;

    private readonly Tally $tally;

    private readonly EventLine $eventLine;

    private readonly int $nodeWidth;

    private readonly StateNotes $states;

    private ?FirstActions $firstActions = null;

    private int $statusAt;

    public function __construct(private readonly Options $options, private readonly Screen $screen)
    {
        $this->manager = AmiClientManager::fromConfig(
            ['servers' => $options->servers, 'options' => ['enforce_ip_endpoints' => false]],
            // Here a name may take its time: nothing runs yet.
            resolver: static fn(string $host): ?string => gethostbynamel($host)[0] ?? null,
        );
        $this->nodes = array_map(strval(...), array_keys($options->servers));
        $this->states = new StateNotes($this->manager);
        $this->tally = new Tally($this->nodes);
        $this->nodeWidth = max(3, ...array_map(strlen(...), $this->nodes));
        $this->eventLine = new EventLine($screen, $this->nodeWidth);
        $this->statusAt = $this->tally->start + 1_000_000_000;
    }

    /** @return int the exit code: 0, or 1 where no node was reached */
    public function run(): int
    {
        $this->manager->onAnyEvent(function (AmiEvent $event): void {
            $this->tally->count($event->serverKey, $event->name);
            if (!$this->options->quiet) {
                $this->screen->line($this->eventLine->of($event));
            }
        });
        foreach ($this->options->servers as $key => $server) {
            $this->screen->line(\sprintf('connecting to %s at %s:%s', $key, $server['host'], $server['port']));
        }
        $listener = new Listener($this->manager, new Limits(seconds: $this->options->seconds), tickTimeoutMs: 50);
        $outcome = $listener->onTick(function () use ($listener): void {
            $this->afterTick();
            if ($this->screen->gone) {
                $listener->stop();
            }
        })->run();

        $this->screen->status([]);
        $this->screen->line();
        $this->screen->line(match ($outcome->reason) {
            StopReason::Signal => 'stopped by ' . ($outcome->signal === SIGINT ? 'Ctrl-C' : 'SIGTERM'),
            default => 'the time is over',
        } . ($outcome->isOrderly() ? ', all connections are closed in order' : ', no goodbye from ' . implode(', ', $outcome->unclosed)));
        new Summary($this->manager, $this->tally, $this->nodes)->show($this->screen);
        $this->screen->finish(2.0);

        return $this->states->wasAnyReady() ? 0 : 1;
    }

    private function afterTick(): void
    {
        $this->sayWhatChanged();
        $this->act();
        $now = (int) hrtime(true);
        if ($now >= $this->statusAt) {
            $this->statusAt = max($this->statusAt + 1_000_000_000, $now);
            $this->showStatus();
        }
        $this->screen->show();
    }

    private function sayWhatChanged(): void
    {
        foreach ($this->states->changes() as $node => $change) {
            $this->screen->line($this->screen->colour("$node: {$change['text']}", $change['isGood'] ? 32 : 31));
        }
    }

    /** The actions at the start, once every node is ready or has had time enough. */
    private function act(): void
    {
        if ($this->firstActions !== null) {
            return;
        }
        $ready = [];
        $undecided = false;
        foreach ($this->nodes as $node) {
            $state = $this->manager->server($node)->state();
            if ($state === ConnectionState::Ready) {
                $ready[] = $node;
            } else {
                $undecided = $undecided || !\in_array($state, [ConnectionState::Reconnecting, ConnectionState::Fatal], true);
            }
        }
        if ($ready === [] || ($undecided && $this->tally->seconds() < self::START_SECONDS)) {
            return;
        }
        $this->firstActions = new FirstActions($this->manager, $this->screen, $this->options->channel);
        $this->firstActions->send($ready);
    }

    private function showStatus(): void
    {
        $lines = $this->screen->isTerminal ? [$this->screen->colour(str_repeat('-', 72), 2)] : [];
        $rates = $this->tally->rates();
        foreach ($this->nodes as $node) {
            $state = $this->manager->server($node)->state();
            $lines[] = \sprintf(
                '%s  %s  %8.1f events/s  %9s in all',
                Screen::cell($node, $this->nodeWidth),
                $this->screen->colour(Screen::cell($state->value, 14), $state === ConnectionState::Ready ? 32 : 31),
                $rates[$node] ?? 0.0,
                number_format($this->tally->byNode[$node]),
            );
        }
        $lines[] = \sprintf(
            '%s  %s  %8.1f events/s  %9s in all',
            Screen::cell('all', $this->nodeWidth),
            Screen::cell(\sprintf('%d s', $this->tally->seconds()), 14),
            array_sum($rates),
            number_format($this->tally->total()),
        );
        if ($this->screen->isTerminal) {
            $this->screen->status($lines);
        } else {
            array_map($this->screen->line(...), $lines);
        }
    }
}
