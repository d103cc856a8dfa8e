<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Gateway;

use Apn\AmiClient\Gateway\Redis;
use Apn\AmiClient\Gateway\RedisFailedException;
use Apn\AmiClient\Laravel\Redis\RedisConnector;
use Apn\AmiClient\Laravel\Redis\RedisErrorException;
use Apn\AmiClient\Laravel\Redis\RedisLink;
use Illuminate\Redis\Connections\Connection;
use Predis\Client as Predis;

/**
 * A connection of `config/database.php`, over phpredis or predis, made anew for the gateway: with short timeouts, as a listener must not
 * wait for Redis, without retries, as nothing may be done twice, and without a prefix, as `gateway.prefix` is the whole of it for whatever
 * applications share a gateway.
 */
final class LaravelRedis implements Redis
{
    private ?RedisLink $link = null;

    private int $madeBy = 0;

    /** @var array<string, string> by script; there are some ten */
    private array $hashes = [];

    /**
     * @param string $connection its name
     * @param float $timeoutSeconds to connect, and for each answer
     * @param float $waitSeconds the longest wait of waitForItem(); 0 where there is none
     */
    public function __construct(
        private readonly RedisConnector $connector,
        private readonly string $connection,
        private readonly float $timeoutSeconds,
        private readonly float $waitSeconds = 0.0,
    ) {}

    public function script(string $script, string $key, array $arguments): mixed
    {
        $hash = $this->hashes[$script] ??= sha1($script);
        try {
            return $this->call($key, ['EVALSHA', $hash, 1, $key, ...$arguments]);
        } catch (RedisFailedException $e) {
            $cause = $e->getPrevious();
            if ($cause instanceof RedisErrorException && $cause->is('NOSCRIPT')) {
                return $this->call($key, ['EVAL', $script, 1, $key, ...$arguments]);
            }
            throw $e;
        }
    }

    public function waitForItem(string $key, int $timeoutMs): ?string
    {
        // From and to the same list: it stays where it is, for others who wait for it.
        $item = $this->call($key, ['BRPOPLPUSH', $key, $key, sprintf('%.3F', $timeoutMs / 1000)]);

        return \is_string($item) ? $item : null;
    }

    /**
     * @param non-empty-list<string|int> $command
     *
     * @throws RedisFailedException
     */
    private function call(string $key, array $command): mixed
    {
        // A child of a fork would read what its parent asked for.
        if ($this->link === null || $this->madeBy !== getmypid()) {
            [$this->link, $this->madeBy] = [new RedisLink($this->open(...)), (int) getmypid()];
        }
        try {
            // Connects where need be: what fails here is to be told apart from what comes after it.
            $this->link->key('');
        } catch (\LogicException $e) {
            throw $e;
        } catch (\Throwable $e) {
            $this->link = null;
            throw new RedisFailedException("Redis cannot be reached: {$e->getMessage()}", false, $e);
        }
        try {
            return $this->link->call($key, $command);
        } catch (\Throwable $e) {
            if (!$e instanceof RedisErrorException) {
                // Its answer may still come, and would be taken for that of the next question.
                $this->link->drop();
            }
            throw new RedisFailedException("Redis failed: {$e->getMessage()}", true, $e);
        }
    }

    private function open(): Connection
    {
        $connection = $this->connector->open($this->connection, $this->timeoutSeconds, $this->timeoutSeconds + $this->waitSeconds);
        $client = $connection->client();
        if ($client instanceof Predis) {
            $client->connect();
        } elseif (!$client instanceof \Redis) {
            throw new \LogicException("the gateway takes connections of phpredis and predis, and no clusters, but \"$this->connection\" gives " . get_debug_type($client));
        }

        return $connection;
    }
}
