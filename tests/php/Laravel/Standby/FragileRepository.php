<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Standby;

use Illuminate\Cache\Repository;
use Illuminate\Contracts\Cache\Store;

/** A cache that a test can break. */
final class FragileRepository extends Repository
{
    /** @param \Closure(): mixed $ask may throw */
    public function __construct(Store $store, private readonly \Closure $ask)
    {
        parent::__construct($store);
    }

    /** @param array<array-key, mixed>|\UnitEnum|string $key */
    public function get($key, $default = null): mixed
    {
        ($this->ask)();

        return parent::get($key, $default);
    }

    /** @param array<array-key, mixed>|\UnitEnum|string $key */
    public function put($key, $value, $ttl = null): bool
    {
        ($this->ask)();

        return parent::put($key, $value, $ttl);
    }
}
