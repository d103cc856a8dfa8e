<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/**
 * The ids of what was carried out lately, each for some time.
 *
 * @internal
 */
final class Lately
{
    /** Two minutes of 500 a second, and a few megabytes. */
    private const int MAX = 65_536;

    /** @var array<string, int> until when, by id */
    private array $ids = [];

    public function add(string $id, int $untilMs): void
    {
        unset($this->ids[$id]);
        $this->ids[$id] = $untilMs;
        if (\count($this->ids) > self::MAX) {
            unset($this->ids[array_key_first($this->ids)]);
        }
    }

    public function has(string $id, int $nowMs): bool
    {
        while (($first = reset($this->ids)) !== false && $first <= $nowMs) {
            unset($this->ids[key($this->ids)]);
        }

        return isset($this->ids[$id]);
    }
}
