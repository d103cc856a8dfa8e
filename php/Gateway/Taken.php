<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/** Requests that a listener got. */
final readonly class Taken
{
    /**
     * @param int $nowMs the broker's clock at that moment
     * @param array<string, string> $bodies by id
     */
    public function __construct(public int $nowMs, public array $bodies = []) {}
}
