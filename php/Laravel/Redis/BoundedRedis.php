<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Redis;

use Illuminate\Contracts\Redis\Factory;
use Illuminate\Redis\Connections\Connection;

/** The application's connections of Redis by name, each made anew with bounded times when it is first asked for. */
final class BoundedRedis implements Factory
{
    /** @var array<string, Connection> */
    private array $connections = [];

    public function __construct(private readonly RedisConnector $connector, private readonly float $seconds) {}

    /** @param \UnitEnum|string|null $name */
    public function connection($name = null): Connection
    {
        $name = match (true) {
            $name instanceof \BackedEnum => (string) $name->value,
            $name instanceof \UnitEnum => $name->name,
            default => $name ?? 'default',
        };

        return $this->connections[$name] ??= $this->connector->open($name, $this->seconds, $this->seconds);
    }
}
