<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Laravel\Redis\RedisConnector;
use Apn\AmiClient\Laravel\Redis\RedisLink;
use Apn\AmiClient\Tests\Support\RedisServer;
use Illuminate\Config\Repository;
use Illuminate\Foundation\Application;
use Illuminate\Redis\Connections\Connection;
use PHPUnit\Framework\TestCase;

/** With a Redis of its own, and both clients that Laravel has for it. */
abstract class RedisTestCase extends TestCase
{
    protected const string PREFIX = 'app:';

    private static ?RedisServer $server = null;

    public static function setUpBeforeClass(): void
    {
        if (!RedisServer::isThere() || !\extension_loaded('redis') || !class_exists(\Predis\Client::class)) {
            self::markTestSkipped('needs redis-server, phpredis and Predis');
        }
        self::$server = RedisServer::start();
    }

    public static function tearDownAfterClass(): void
    {
        self::$server = null;
    }

    protected function setUp(): void
    {
        self::server()->client()->flushAll();
    }

    /** @return iterable<string, array{string}> */
    public static function clients(): iterable
    {
        yield 'phpredis' => ['phpredis'];
        yield 'Predis' => ['predis'];
    }

    protected static function server(): RedisServer
    {
        return self::$server ?? throw new \LogicException('not started');
    }

    /** @param array<string, mixed> $redis settings over the usual ones */
    protected static function link(string $client, float $seconds = 5.0, array $redis = []): RedisLink
    {
        $config = new Repository(['database' => ['redis' => $redis + [
            'client' => $client,
            'options' => ['prefix' => self::PREFIX],
            'default' => ['host' => '127.0.0.1', 'port' => self::server()->port],
        ]]]);
        $connector = new RedisConnector(new Application(sys_get_temp_dir()), $config);

        return new RedisLink(static fn(): Connection => $connector->open(null, $seconds, $seconds));
    }

    protected static function payload(string $name, string $serverKey = 'pbx1', string $further = ''): EventPayload
    {
        return EventPayload::of(AmiEvent::fromRaw($serverKey, "Event: $name\r\nChannel: PJSIP/100-1$further", 1_700_000_000.25));
    }

    /** @return non-empty-list<EventPayload> */
    protected static function payloads(string $first, string ...$others): array
    {
        return array_map(static fn(string $name): EventPayload => self::payload($name), [$first, ...array_values($others)]);
    }

    /** @return list<EventPayload> what is in a stream */
    protected static function inStream(string $stream): array
    {
        $payloads = [];
        foreach ((array) self::server()->client()->xrange($stream, '-', '+') as $fields) {
            self::assertIsArray($fields);
            self::assertIsString($fields['payload']);
            $payloads[] = EventPayload::fromJson($fields['payload']);
        }

        return $payloads;
    }

    /** @param callable(): bool $isDone */
    protected static function until(callable $isDone, string $what, float $seconds = 30.0): void
    {
        $end = microtime(true) + $seconds;
        while (!$isDone()) {
            if (microtime(true) > $end) {
                self::fail("not within $seconds s: $what");
            }
            usleep(5_000);
        }
    }
}
