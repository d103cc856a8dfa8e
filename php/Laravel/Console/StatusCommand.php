<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\AmiException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Console\StatusReport;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Status\ListenerStatuses;
use Apn\AmiClient\Native\NativeManager;
use Apn\AmiClient\Worker\WorkerStatus;
use Illuminate\Contracts\Cache\Factory;

/** Says how listeners and their servers are. */
final class StatusCommand extends TerminalCommand
{
    protected const int REFUSED = StatusReport::UNKNOWN;

    protected $signature = 'ami:status
        {--direct : Asks the servers over connections of its own, instead of reading what listeners tell}
        {--server=* : Keys of servers. All unless one is named}
        {--timeout=10 : Most seconds that --direct waits for servers}
        {--json : For programs}';

    protected $description = 'Say how listeners and servers are (exit code 0: all are ready, 1: some are not, 2: no listener or no server works, 3: not known)';

    protected function perform(): int
    {
        $config = $this->config();
        $chosen = $this->chosenServers();
        try {
            $report = $this->option('direct') === true ? $this->askServers($config, $chosen) : $this->readTold($config, $chosen);
        } catch (\InvalidArgumentException $refused) {
            throw $refused;
        } catch (\Throwable $thrown) {
            // A cache that is down is no sign that listeners are.
            $this->complain('it is not known: ' . $thrown->getMessage());

            return StatusReport::UNKNOWN;
        }
        $screen = $this->screen($this->option('json') === true, isPatient: true);
        foreach ($this->option('json') === true ? [self::json($report->toArray(), \JSON_PRETTY_PRINT)] : $report->lines($screen) as $line) {
            $screen->whole($line);
        }
        $screen->finish(5.0);

        return $report->exitCode();
    }

    /** @param list<string>|null $chosen */
    private function readTold(AmiConfig $config, ?array $chosen): StatusReport
    {
        $listens = $config->listen->servers === [] ? array_map(strval(...), array_keys($config->servers)) : $config->listen->servers;
        $workers = new ListenerStatuses($this->laravel->make(Factory::class)->store())->all();
        if ($workers === [] && $config->listen->statusSeconds <= 0) {
            $this->complain("listeners tell nothing, as 'status_seconds' is 0: --direct asks the servers");
        }

        return new StatusReport(
            $chosen === null ? $workers : array_map(static fn(WorkerStatus $worker): WorkerStatus => self::only($worker, $chosen), $workers),
            $chosen ?? $listens,
            microtime(true),
            ListenerStatuses::silentAfter($config->listen->statusSeconds),
        );
    }

    /** @param list<string>|null $chosen */
    private function askServers(AmiConfig $config, ?array $chosen): StatusReport
    {
        $start = microtime(true);
        $manager = $this->connections($config, $chosen);
        try {
            $seconds = $this->seconds('timeout', 10.0) ?? 10.0;
            $manager->connectAll();
            $pings = [];
            $until = hrtime(true) + (int) ($seconds * 1e9);
            do {
                $manager->tickAll(50);
                $isOver = true;
                foreach ($manager->health() as $key => $health) {
                    if ($health['state'] === ConnectionState::Ready && !isset($pings["$key"])) {
                        $pings["$key"] = $manager->server("$key")->send(new GenericAction('Ping'));
                    }
                    $isSettled = isset($pings["$key"]) ? $pings["$key"]->isComplete() : $health['failed_attempts'] > 0;
                    $isOver = $isOver && $isSettled;
                }
            } while (!$isOver && hrtime(true) < $until);

            return new StatusReport([WorkerStatus::of('direct', [
                'state' => 'active', 'since' => $start, 'ticks' => 0, 'seconds' => microtime(true) - $start, 'services' => [],
            ], new NativeManager($manager))], array_map(strval(...), array_keys($manager->health())), microtime(true), null);
        } finally {
            try {
                $this->leave($manager);
            } catch (AmiException) {
                // What was found is said all the same.
            }
        }
    }

    /** @param list<string> $keys */
    private static function only(WorkerStatus $worker, array $keys): WorkerStatus
    {
        return WorkerStatus::fromArray(['servers' => array_intersect_key($worker->servers, array_flip($keys))] + $worker->jsonSerialize()) ?? $worker;
    }
}
