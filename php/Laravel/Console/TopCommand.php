<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Console\Top;
use Apn\AmiClient\Diagnosis\HeardNames;
use Apn\AmiClient\Worker\Limits;

/** Shows which events come how often, and what would quieten Asterisk. */
final class TopCommand extends TerminalCommand
{
    /** What --once measures for. */
    private const float ONCE_SECONDS = 5.0;

    protected $signature = 'ami:top
        {--server=* : Keys of servers. All unless one is named}
        {--heard=* : Names of events that listeners of the application hear, besides those that bridges take; Queue* and commas may be used}
        {--seconds= : Ends after so many seconds}
        {--once : Measures without showing each second, for --seconds or 5 s}
        {--json : For programs: one line a second, or one in all with --once}';

    protected $description = 'Show how often which events come, and the lines of manager.conf that would quieten Asterisk (exit code 1: no server was reached)';

    protected function perform(): int
    {
        $isOnce = $this->option('once') === true;
        $isJson = $this->option('json') === true;
        $limits = new Limits(seconds: $this->seconds('seconds', $isOnce ? self::ONCE_SECONDS : null));
        $config = $this->config();
        // What Asterisk sends is to be seen, and not what is left of it.
        $manager = $this->connections($config, $this->chosenServers(), ['push_filters' => false, 'allowed_events' => [], 'blocked_events' => []]);
        $users = [];
        foreach (array_map(strval(...), array_keys($manager->health())) as $key) {
            $user = $config->servers[$key]['username'] ?? null;
            $users[$key] = \is_string($user) ? $user : 'user';
        }
        $notes = $this->notes();
        // The last one made hears of a terminal that changes its size.
        $screen = $this->screen($isJson);
        $top = new Top($manager, $users, new HeardNames($this->heardNames()), $screen, $notes, !$isOnce, $isJson);

        return $top->run($limits) ? self::SUCCESS : self::FAILURE;
    }
}
