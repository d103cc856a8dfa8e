<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Console\EventCriteria;
use Apn\AmiClient\Console\Tail;
use Apn\AmiClient\Console\TailFormat;
use Apn\AmiClient\Worker\Limits;

/** Shows events as they come, on connections of its own. */
final class TailCommand extends TerminalCommand
{
    protected $signature = 'ami:tail
        {--event=* : Names of events, such as Hangup or Queue*; several with commas between. All unless one is named}
        {--server=* : Keys of servers. All unless one is named}
        {--header=* : A condition such as Channel=PJSIP/alice*; those of one header are alternatives, each header must fit}
        {--grep= : A text that the event has somewhere, in any case}
        {--json : One line of JSON an event, with all its headers}
        {--raw : The bytes of the server}
        {--count= : Ends after so many events}
        {--max-time= : Ends after so many seconds}';

    protected $description = 'Show events of Asterisk as they come, on connections of its own (exit code 1: no server was reached)';

    protected function perform(): int
    {
        $format = match (true) {
            $this->option('json') === true && $this->option('raw') === true => throw new \InvalidArgumentException('--json and --raw exclude each other'),
            $this->option('json') === true => TailFormat::Json,
            $this->option('raw') === true => TailFormat::Raw,
            default => TailFormat::Line,
        };
        $count = $this->stringOrNull('count');
        if ($count !== null && (!ctype_digit($count) || (int) $count < 1)) {
            throw new \InvalidArgumentException("--count=$count must be a whole number above 0");
        }
        $criteria = new EventCriteria($this->strings('event'), $this->strings('header'), $this->stringOrNull('grep'));
        $limits = new Limits(seconds: $this->seconds('max-time', null));
        $manager = $this->connections($this->config(), $this->chosenServers());
        $notes = $this->notes();
        $notes->line('own connections to ' . implode(', ', array_map(strval(...), array_keys($manager->health()))) . ', beside those of a listener; Ctrl-C ends');
        $tail = new Tail($manager, $criteria, $format, $this->screen($format !== TailFormat::Line), $notes, $count === null ? null : (int) $count);

        return $tail->run($limits) ? self::SUCCESS : self::FAILURE;
    }
}
