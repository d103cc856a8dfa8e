<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

/**
 * Objects cannot be cloned or serialized, and take no further properties: as those of the extension.
 *
 * @internal
 */
trait Unique
{
    private function __clone() {}

    /** @return array<never> */
    public function __serialize(): array
    {
        throw new \Exception("Serialization of '" . self::class . "' is not allowed");
    }

    /** @param array<mixed> $data */
    public function __unserialize(array $data): void
    {
        throw new \Exception("Unserialization of '" . self::class . "' is not allowed");
    }

    public function __set(string $name, mixed $value): void
    {
        throw new \Error('Cannot create dynamic property ' . self::class . "::\$$name");
    }
}
