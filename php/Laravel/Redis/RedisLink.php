<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Redis;

use Illuminate\Redis\Connections\Connection;
use Predis\Client as PredisClient;
use Predis\Command\RawCommand;
use Predis\Connection\Cluster\ClusterInterface;
use Predis\Response\ErrorInterface;
use Predis\Response\Status;

/**
 * Speaks to Redis in its own words, by phpredis or Predis, and gets its own answers: what the two make of commands for streams differs,
 * and so does what they do with errors within a pipeline.
 *
 * Connects when first used, and again after a failure. It repeats nothing by itself.
 */
final class RedisLink
{
    /** Errors of a server that is not the one to speak to, or not any more: where it was, another one may be by now. */
    private const array WRONG_SERVER = ['READONLY', 'MASTERDOWN', 'LOADING', 'NOAUTH', 'CLUSTERDOWN'];

    private ?Connection $connection = null;

    private string $prefix = '';

    /** @param \Closure(): Connection $open */
    public function __construct(private readonly \Closure $open) {}

    /**
     * The name of a key or a channel with the application's prefix, as commands need it.
     *
     * @throws \Throwable where Redis is not to be had
     */
    public function key(string $name): string
    {
        $this->client();

        return $this->prefix . $name;
    }

    /** A name without the application's prefix. */
    public function name(string $key): string
    {
        return $this->prefix !== '' && str_starts_with($key, $this->prefix) ? substr($key, \strlen($this->prefix)) : $key;
    }

    /**
     * @param string $key with its prefix; in a cluster, it says which node is asked
     * @param non-empty-list<string|int> $command
     *
     * @return mixed integers, strings, lists of these; null for nothing
     *
     * @throws RedisErrorException where Redis answers with an error
     * @throws \Throwable where it does not answer; what was sent may have been carried out
     */
    public function call(string $key, array $command): mixed
    {
        [$reply] = $this->pipeline([[$key, $command]]);

        return $reply instanceof RedisErrorException ? throw $reply : $reply;
    }

    /**
     * Sends commands together and then reads the answers; one by one in a cluster, where they may be for several nodes.
     *
     * @param non-empty-list<array{string, non-empty-list<string|int>}> $commands as call() takes them
     *
     * @return non-empty-list<mixed> an answer each; errors are RedisErrorExceptions among them
     *
     * @throws \Throwable where Redis does not answer; what was sent may have been carried out
     */
    public function pipeline(array $commands): array
    {
        $client = $this->client();
        try {
            $replies = match (true) {
                $client instanceof \RedisCluster => array_map(static fn(array $command): mixed => self::cluster($client, ...$command), $commands),
                $client instanceof \Redis => self::phpRedis($client, $commands),
                default => self::predis($client, $commands),
            };
        } catch (\Throwable $thrown) {
            $this->drop();
            // Some errors of the server are exceptions to phpredis, and leave the other answers of a pipeline unread.
            throw preg_match('/^[A-Z]{2,} /', $thrown->getMessage()) === 1 ? new RedisErrorException($thrown->getMessage(), 0, $thrown) : $thrown;
        }
        // Predis has them among the answers.
        if (array_any($replies, static fn(mixed $reply): bool => $reply instanceof RedisErrorException && array_any(self::WRONG_SERVER, $reply->is(...)))) {
            $this->drop();
        }

        return $replies;
    }

    /** Leaves the connection; the next command makes another one. */
    public function drop(): void
    {
        $connection = $this->connection;
        $this->connection = null;
        try {
            $client = $connection?->client();
            if ($client instanceof \Redis || $client instanceof \RedisCluster) {
                $client->close();
            } elseif ($client instanceof PredisClient) {
                $client->disconnect();
            }
        } catch (\Throwable) {
            // It is gone one way or the other.
        }
    }

    private function client(): \Redis|\RedisCluster|PredisClient
    {
        $this->connection ??= ($this->open)();
        $client = $this->connection->client();
        if ($client instanceof \Redis || $client instanceof \RedisCluster) {
            $prefix = $client->getOption(\Redis::OPT_PREFIX);
            $this->prefix = \is_string($prefix) ? $prefix : '';
        } elseif ($client instanceof PredisClient) {
            $prefix = $client->getOptions()->prefix;
            $this->prefix = $prefix instanceof \Predis\Command\Processor\KeyPrefixProcessor ? $prefix->getPrefix() : '';
        } else {
            $this->connection = null;
            throw new \LogicException('bridges speak to Redis by phpredis or Predis, not by ' . get_debug_type($client));
        }

        return $client;
    }

    /**
     * @param non-empty-list<array{string, non-empty-list<string|int>}> $commands
     *
     * @return non-empty-list<mixed>
     */
    private static function phpRedis(\Redis $client, array $commands): array
    {
        $replies = [];
        if (\count($commands) === 1) {
            [[, $command]] = $commands;
            $client->clearLastError();
            $reply = $client->rawcommand(...array_map(strval(...), $command));
            $replies[] = self::reply($reply, $client->getLastError());
        } else {
            $client->clearLastError();
            $pipeline = $client->pipeline();
            foreach ($commands as [, $command]) {
                $pipeline->rawcommand(...array_map(strval(...), $command));
            }
            $answers = $pipeline->exec();
            if (!\is_array($answers) || \count($answers) !== \count($commands)) {
                throw new \RuntimeException('phpredis: the answers of a pipeline are incomplete' . ($client->getLastError() === null ? '' : ': ' . $client->getLastError()));
            }
            foreach ($answers as $answer) {
                $replies[] = self::reply($answer, $client->getLastError());
            }
        }

        return $replies;
    }

    /** @param non-empty-list<string|int> $command */
    private static function cluster(\RedisCluster $client, string $key, array $command): mixed
    {
        $client->clearLastError();
        $reply = $client->rawcommand($key, ...array_map(strval(...), $command));

        return self::reply($reply, $client->getLastError());
    }

    /** Both nothing and an error are false, to phpredis. */
    private static function reply(mixed $reply, ?string $error): mixed
    {
        if ($reply !== false) {
            return $reply;
        }

        return $error === null ? null : new RedisErrorException($error);
    }

    /**
     * @param non-empty-list<array{string, non-empty-list<string|int>}> $commands
     *
     * @return non-empty-list<mixed>
     */
    private static function predis(PredisClient $client, array $commands): array
    {
        $raw = array_map(static fn(array $command): RawCommand => new RawCommand((string) $command[1][0], \array_slice($command[1], 1)), $commands);
        $connection = $client->getConnection();
        $replies = [];
        if ($connection instanceof ClusterInterface) {
            foreach ($raw as $at => $command) {
                // By the key, whatever the command: Predis does not know where those for streams and channels have theirs.
                $slot = $connection->getClusterStrategy()->getSlotByKey($commands[$at][0]);
                if ($slot !== null) {
                    $command->setSlot($slot);
                }
                $replies[] = $connection->executeCommand($command);
            }
        } else {
            foreach ($raw as $command) {
                $connection->writeRequest($command);
            }
            foreach ($raw as $command) {
                $replies[] = $connection->readResponse($command);
            }
        }

        return array_map(static fn(mixed $reply): mixed => match (true) {
            $reply instanceof ErrorInterface => new RedisErrorException($reply->getMessage()),
            $reply instanceof Status => $reply->getPayload(),
            default => $reply,
        }, $replies);
    }
}
