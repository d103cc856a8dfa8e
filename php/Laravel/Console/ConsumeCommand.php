<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Laravel\BootCheck;
use Apn\AmiClient\Laravel\Bridges\LaravelEvents;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Config\StreamsConfig;
use Apn\AmiClient\Laravel\Redis\BoundedCache;
use Apn\AmiClient\Laravel\Redis\RedisConnector;
use Apn\AmiClient\Laravel\Redis\RedisLink;
use Apn\AmiClient\Laravel\Streams\Consumer;
use Apn\AmiClient\Laravel\Streams\ConsumerOptions;
use Apn\AmiClient\Laravel\Streams\Group;
use Illuminate\Console\Command;
use Illuminate\Container\Container;
use Illuminate\Contracts\Cache\Repository as Cache;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Log\LogManager;
use Illuminate\Queue\Worker as QueueWorker;
use Illuminate\Redis\Connections\Connection;
use Psr\Log\LoggerInterface;
use Symfony\Component\Console\Attribute\AsCommand;

/** The other end of the bridge `streams`. It needs Redis, and neither a server nor the extension. */
#[AsCommand(name: 'ami:consume')]
final class ConsumeCommand extends Command
{
    /** Beyond the time that a read waits by itself: Redis and the network have this long to answer. */
    private const float ANSWER_SECONDS = 2.0;

    private const float CONNECT_SECONDS = 2.0;

    /** @var string */
    protected $signature = 'ami:consume
        {--group= : The group of consumers; each group has all entries, and its consumers share them}
        {--consumer= : The name of this process within its group, the same after a restart and no other\'s; without: one of its own each time}
        {--stream=* : The stream to read; several times for several. Without: those of ami-client.bridges.streams}
        {--once : Leave when there is nothing more to read; fail where Redis does not answer for 30 seconds}
        {--max-time= : Leave after so many seconds; 0 is no limit}
        {--memory=128 : Leave, with status 12, when PHP has so many megabytes; 0 is no limit}';

    /** @var string */
    protected $description = 'Consume the AMI events that the bridge "streams" left in Redis';

    public function handle(Container $app, RedisConnector $redis, Cache $cache, BoundedCache $bounded, ExceptionHandler $exceptions): int
    {
        try {
            $config = BootCheck::config($app);
            $streams = $config->bridges->streams;
            $group = $this->group($config, $redis);
            $handler = $this->handler($app, $streams);
            $memory = $this->number('memory');
            $limits = $this->limits($streams, $memory);
        } catch (InvalidConfigurationException $error) {
            $this->components->error($error->getMessage());

            return self::INVALID;
        }
        $logger = $this->logger($app, $config->logChannel);
        $consumer = new Consumer(
            $group,
            $handler,
            $limits,
            $logger,
            static fn(\Throwable $thrown) => $exceptions->report($thrown),
            (new RestartSignal($bounded->of($cache), $logger))(...),
        );
        $this->trap(static fn(): array => [\SIGTERM, \SIGINT, \SIGQUIT], static fn() => $consumer->stop());
        $this->components->info('Consuming ' . implode(', ', $group->streams) . " as $group->consumer of the group $group->name.");
        $counts = $consumer->run()->counts();
        $this->components->info($counts === [] ? 'Nothing was there.' : implode(', ', array_map(static fn(string $name, int $count): string => "$name: $count", array_keys($counts), $counts)) . '.');

        if ($limits->once && $consumer->isFailing()) {
            $this->components->error('The streams could not be read: see the log.');

            return self::FAILURE;
        }

        return $memory !== null && memory_get_usage(true) >= $memory << 20 ? QueueWorker::EXIT_MEMORY_LIMIT : self::SUCCESS;
    }

    private function group(AmiConfig $config, RedisConnector $redis): Group
    {
        $streams = $config->bridges->streams;
        $given = array_values(array_filter((array) $this->option('stream'), static fn(mixed $stream): bool => \is_string($stream) && $stream !== ''));
        $names = $given === [] ? $streams->streams(array_map(strval(...), array_keys($config->servers))) : $given;
        $consumer = $this->text('consumer') ?? gethostname() . '-' . getmypid();
        $seconds = $streams->blockMs / 1e3 + self::ANSWER_SECONDS;

        return new Group(
            new RedisLink(static fn(): Connection => $redis->open($streams->connection, self::CONNECT_SECONDS, $seconds)),
            $names === [] ? throw new InvalidConfigurationException('there is no stream to read') : $names,
            $this->text('group') ?? $streams->group,
            $consumer,
        );
    }

    private function limits(StreamsConfig $streams, ?int $memory): ConsumerOptions
    {
        return new ConsumerOptions(
            $streams->from === 'end' ? '$' : '0',
            $streams->count,
            $streams->blockMs,
            $streams->claimIdleMs,
            $streams->maxDeliveries,
            $streams->deadLetter,
            $streams->deadLetterMaxLength,
            $this->option('once') === true,
            $this->number('max-time'),
            $memory === null ? null : $memory << 20,
        );
    }

    /** @return \Closure(EventPayload): mixed */
    private function handler(Container $app, StreamsConfig $streams): \Closure
    {
        if ($streams->handler === null) {
            $dispatcher = $app->make(Dispatcher::class);
            $call = static fn(EventPayload $payload) => $dispatcher->dispatch(LaravelEvents::eventOf($payload));
        } else {
            $path = AmiConfig::KEY . '.bridges.streams.consumer.handler';
            $handler = class_exists($streams->handler) ? $app->make($streams->handler)
                : throw InvalidSettingException::mustBe($path, $streams->handler, 'the name of a class that can be loaded');
            $method = method_exists($handler, 'handle') ? [$handler, 'handle'] : $handler;
            $call = \is_callable($method) ? $method(...)
                : throw InvalidSettingException::mustBe($path, $streams->handler, 'a class with a public method handle(EventPayload), or an invokable one');
        }

        return static function (EventPayload $payload) use ($app, $call): void {
            // What is shared within a request or a job is shared within the handling of an entry.
            $app->forgetScopedInstances();
            $call($payload);
        };
    }

    private function logger(Container $app, ?string $channel): LoggerInterface
    {
        $log = $app->make(LoggerInterface::class);

        return $log instanceof LogManager ? $log->channel($channel) : $log;
    }

    private function text(string $option): ?string
    {
        $given = $this->option($option);

        return \is_string($given) && $given !== '' ? $given : null;
    }

    /** @return int|null null for no limit */
    private function number(string $option): ?int
    {
        $given = $this->option($option) ?? 0;
        $read = \is_string($given) || \is_int($given) ? filter_var($given, \FILTER_VALIDATE_INT, ['options' => ['min_range' => 0, 'max_range' => 1 << 30]]) : false;
        if ($read === false) {
            throw new InvalidConfigurationException("--$option must be a whole number from 0, but is \"" . (\is_scalar($given) ? $given : get_debug_type($given)) . '"');
        }

        return $read === 0 ? null : $read;
    }
}
