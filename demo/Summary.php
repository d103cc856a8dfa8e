<?php

declare(strict_types=1);

namespace Apn\AmiClient\Demo;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Console\Screen;

/** What was counted, at the end. */
final readonly class Summary
{
    private const int MOST_NAMES = 25;

    /** @param list<string> $nodes */
    public function __construct(private AmiClientManager $manager, private Tally $tally, private array $nodes) {}

    public function show(Screen $screen): void
    {
        $screen->line();
        $screen->line(\sprintf('%-24s %10s %10s %10s %10s %10s %10s', 'node', 'events', 'actions', 'failed', 'dropped', 'unheard', 'sessions'));
        $counters = $this->manager->metrics()['servers'];
        foreach ($this->nodes as $node) {
            $of = $counters[$node];
            $screen->line(\sprintf(
                '%s %10s %10s %10s %10s %10s %10s',
                Screen::cell($node, 24),
                number_format($this->tally->byNode[$node]),
                number_format($of['actions_sent']),
                number_format(array_sum($of['actions']) - $of['actions']['completed']),
                number_format($of['events_dropped']),
                number_format($of['events_unheard']),
                number_format($of['sessions']),
            ));
        }
        $screen->line();
        $names = $this->tally->byName;
        arsort($names);
        foreach (\array_slice($names, 0, self::MOST_NAMES) as $name => $count) {
            $screen->line(\sprintf('%s %10s', Screen::cell("$name", 24), number_format($count)));
        }
        $rest = \array_slice($names, self::MOST_NAMES);
        if ($rest !== []) {
            $screen->line(\sprintf('%-24s %10s', \count($rest) . ' other names', number_format(array_sum($rest))));
        }
        $seconds = $this->tally->seconds();
        $screen->line();
        $screen->line(\sprintf(
            '%s events in %.1f s, %.1f a second; memory at its highest %.1f MiB',
            number_format($this->tally->total()),
            $seconds,
            $this->tally->total() / $seconds,
            memory_get_peak_usage(true) / 1048576,
        ));
    }
}
