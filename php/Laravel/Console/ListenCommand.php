<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\Contracts;
use Apn\AmiClient\ExtensionMissingException;
use Apn\AmiClient\Http\Endpoint;
use Apn\AmiClient\Http\ListenException;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Laravel\AmiServiceProvider;
use Apn\AmiClient\Laravel\BootCheck;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Config\ListenConfig;
use Apn\AmiClient\Laravel\Connections\ManagerFactory;
use Apn\AmiClient\Laravel\Redis\BoundedCache;
use Apn\AmiClient\Laravel\Standby\StandbyFactory;
use Apn\AmiClient\Laravel\Status\ListenerStatuses;
use Apn\AmiClient\Native\NativeManager;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;
use Apn\AmiClient\Worker\Outcome;
use Apn\AmiClient\Worker\Service;
use Apn\AmiClient\Worker\StatusPublisher;
use Apn\AmiClient\Worker\StopReason;
use Apn\AmiClient\Worker\WorkerMetrics;
use Apn\AmiClient\Worker\WorkerStatus;
use Illuminate\Console\Command;
use Illuminate\Container\Container;
use Illuminate\Contracts\Cache\Repository as Cache;
use Illuminate\Log\LogManager;
use Illuminate\Queue\Worker as QueueWorker;
use Psr\Log\LoggerInterface;
use Symfony\Component\Console\Attribute\AsCommand;

/** The process that owns the connections. */
#[AsCommand(name: 'ami:listen')]
final class ListenCommand extends Command
{
    /** With --once and without --max-time: a server whose name is looked up and that is slow to boot is ready by then. */
    private const int ONCE_SECONDS = 30;

    /** @var string */
    protected $signature = 'ami:listen
        {--server=* : The key of a server to listen to; several times for several. Without: those of ami-client.listen.servers, or all}
        {--all : Listen to all servers, whatever ami-client.listen.servers says}
        {--once : Leave as soon as each server was ready and one more round of events was handled; fail where that takes longer than --max-time, or 30 seconds}
        {--max-iterations= : Leave after so many ticks; 0 is no limit}
        {--max-time= : Leave after so many seconds; 0 is no limit}
        {--memory= : Leave, with status 12, when the process has so many megabytes; 0 is no limit}
        {--tick-timeout-ms= : The most milliseconds that a tick waits when nothing happens, 0 to 250}';

    /** @var array<class-string, object|null> what the container gave before */
    private array $replaced = [];

    /** @var string */
    protected $description = 'Listen to the Asterisk servers, and hand on what they tell';

    public function handle(Container $app, ManagerFactory $factory, Cache $cache, BoundedCache $bounded): int
    {
        try {
            $config = BootCheck::config($app);
            $listen = $config->listen;
            $manager = $factory->make($config, $this->servers($listen), $listen->io);
            $this->bind($app, $manager);
            $lines = new Lines($this->output);
            $worker = $this->worker($manager, $listen, $this->logger($app, $config->logChannel));
            $this->equip($worker, $app, $manager, $listen, $bounded->of($cache), $lines);

            return $this->listen($worker, $manager, $lines, $listen->standby->enabled);
        } catch (ExtensionMissingException|InvalidConfigurationException $error) {
            // What a person has to mend needs no stack trace.
            $this->components->error($error->getMessage());

            return self::INVALID;
        } catch (ListenException $error) {
            $this->components->error('ami-client.listen.http: ' . $error->getMessage());

            return self::FAILURE;
        } finally {
            $this->unbind($app);
        }
    }

    private function listen(Listener $worker, AmiClientManager $manager, Lines $lines, bool $standsBy): int
    {
        $round = new FirstRound($manager);
        if ($this->option('once') === true) {
            $worker->stopWhen($round, StopReason::Asked);
        }
        $keys = array_map(strval(...), array_keys($manager->health()));
        $lines->write('Listening to ' . (\count($keys) <= 10 ? implode(', ', $keys) : \count($keys) . ' servers') . ($standsBy ? ', or standing by while another one does' : '') . ' (process ' . getmypid() . ').');
        $outcome = $worker->run();
        $lines->write($this->farewell($outcome));
        $failed = $this->option('once') === true && $outcome->reason !== StopReason::Asked;
        if ($failed) {
            $lines->write('Not ready in time: ' . implode(', ', $round->missing()) . '.');
        }
        $lines->flush();

        return match (true) {
            $failed => self::FAILURE,
            \in_array($outcome->reason, [StopReason::Memory, StopReason::MemoryLimit], true) => QueueWorker::EXIT_MEMORY_LIMIT,
            default => self::SUCCESS,
        };
    }

    private function worker(AmiClientManager $manager, ListenConfig $listen, LoggerInterface $logger): Listener
    {
        // The limits of the configuration are those of a listener that goes on.
        $isOnce = $this->option('once') === true;
        $memory = $this->number('memory', $listen->memory, 1_048_576);

        return new Listener(
            $manager,
            new Limits(
                $this->number('max-iterations', $isOnce ? null : $listen->maxIterations),
                $this->number('max-time', $isOnce ? self::ONCE_SECONDS : $listen->maxTime),
                $memory === null ? null : $memory << 20,
            ),
            $logger,
            tickTimeoutMs: $this->number('tick-timeout-ms', $listen->tickTimeoutMs, 250) ?? 0,
            closeSeconds: $listen->closeSeconds,
        );
    }

    private function equip(Listener $worker, Container $app, AmiClientManager $manager, ListenConfig $listen, Cache $cache, Lines $lines): void
    {
        $logger = $this->logger($app, $app->make(AmiConfig::class)->logChannel);
        foreach ($app->tagged(AmiServiceProvider::SERVICES_TAG) as $entry) {
            foreach (is_iterable($entry) ? $entry : [$entry] as $service) {
                $worker->with($service instanceof Service ? $service : throw new InvalidConfigurationException(
                    AmiServiceProvider::SERVICES_TAG . ': ' . get_debug_type($service) . ' is tagged, and no ' . Service::class,
                ));
            }
        }
        if ($listen->statusSeconds > 0.0) {
            $statuses = new ListenerStatuses($cache);
            $seconds = $listen->statusSeconds;
            $worker->with(new StatusPublisher($worker, static fn(WorkerStatus $status) => $statuses->put($status, $seconds), $statuses->forget(...), $seconds));
        }
        if ($listen->http !== null) {
            $worker->serve($this->endpoint($manager, $listen->http)->also(new WorkerMetrics($worker)));
        }
        if ($listen->standby->enabled) {
            $worker->onlyWhile($app->make(StandbyFactory::class)->leadership($listen->standby, $logger));
            $worker->onTakeover(static fn(ConnectionGap $gap) => $lines->write("Took $gap->serverKey over: events of " . round(($gap->to - $gap->from) * 1000) . ' ms were missed.'));
        }
        $worker->stopWhen(new RestartSignal($cache, $logger));
        if ($this->output->isVerbose()) {
            $worker->onTick(new StateLines($manager, $lines));
        }
    }

    /** In this process everybody who asks for a manager gets the one that it ticks. */
    private function bind(Container $app, AmiClientManager $manager): void
    {
        $contract = new NativeManager($manager);
        $instances = [AmiClientManager::class => $manager, NativeManager::class => $contract, Contracts\AmiClientManager::class => $contract];
        foreach ($instances as $class => $instance) {
            // A fake, say: it comes back afterwards.
            $this->replaced[$class] = $app->isShared($class) ? $app->make($class) : null;
            $app->instance($class, $instance);
        }
    }

    private function unbind(Container $app): void
    {
        foreach ($this->replaced as $class => $instance) {
            $app->forgetInstance($class);
            if ($instance !== null) {
                $app->instance($class, $instance);
            }
        }
        $this->replaced = [];
    }

    private function logger(Container $app, ?string $channel): LoggerInterface
    {
        $log = $app->make(LoggerInterface::class);

        return $log instanceof LogManager ? $log->channel($channel) : $log;
    }

    private function endpoint(AmiClientManager $manager, string $address): Endpoint
    {
        try {
            return new Endpoint($manager, $address);
        } catch (\InvalidArgumentException $error) {
            throw new InvalidSettingException('ami-client.listen.http', $address, 'ami-client.listen.' . str_replace('listen: ', 'http: ', $error->getMessage()), null, $error);
        }
    }

    /** @return list<string>|null null for all */
    private function servers(ListenConfig $listen): ?array
    {
        $given = array_values(array_filter((array) $this->option('server'), static fn(mixed $key): bool => \is_string($key) && $key !== ''));
        if ($this->option('all') === true) {
            return $given === [] ? null : throw new InvalidConfigurationException('--all and --server contradict each other');
        }
        $servers = $given === [] ? $listen->servers : $given;

        return $servers === [] ? null : array_values(array_unique($servers));
    }

    /** @return int|null null for no limit */
    private function number(string $option, ?int $default, int $most = \PHP_INT_MAX): ?int
    {
        $given = $this->option($option);
        if ($given === null) {
            return $default;
        }
        $read = \is_string($given) || \is_int($given) ? filter_var($given, \FILTER_VALIDATE_INT, ['options' => ['min_range' => 0, 'max_range' => $most]]) : false;
        if ($read === false) {
            throw new InvalidConfigurationException("--$option must be a whole number from 0" . ($most === \PHP_INT_MAX ? '' : " to $most") . ', but is "' . (\is_scalar($given) ? $given : get_debug_type($given)) . '"');
        }

        return $read === 0 ? null : $read;
    }

    private function farewell(Outcome $outcome): string
    {
        $why = match ($outcome->reason) {
            StopReason::Asked => 'as asked',
            StopReason::Signal => $outcome->signal === 2 ? 'by SIGINT' : 'by SIGTERM',
            StopReason::Restart => 'by ami:restart',
            StopReason::Ticks => 'after --max-iterations',
            StopReason::Seconds => 'after --max-time',
            StopReason::Memory => 'because of --memory',
            StopReason::MemoryLimit => 'because of the option memory_limit',
        };
        $cut = $outcome->isOrderly() ? '' : ' Cut off without a goodbye: ' . implode(', ', $outcome->unclosed) . '.';
        $lost = $outcome->isLossless() ? '' : ' Something was left behind: see the log.';

        return sprintf('Left %s, after %.1F s.%s%s', $why, $outcome->seconds, $cut, $lost);
    }
}
