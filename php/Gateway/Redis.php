<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/**
 * What the gateway needs of a client for Redis 6 or later, and nothing of how it is made: Laravel's connections are behind it, or
 * whatever an application has.
 *
 * An implementation connects when first asked, and again after a failure. It repeats no command by itself: one whose answer was lost
 * may have been carried out. Values pass as bytes, and keys as they are.
 */
interface Redis
{
    /**
     * Runs a script, by its hash where the server knows it.
     *
     * @param list<string|int> $arguments
     *
     * @return mixed integers, strings, null or false for nothing, and lists of these
     *
     * @throws RedisFailedException
     */
    public function script(string $script, string $key, array $arguments): mixed;

    /**
     * Waits for the item of a list, and leaves it there for others.
     *
     * @param int $timeoutMs above 0
     *
     * @return string|null null where none came in time
     *
     * @throws RedisFailedException
     */
    public function waitForItem(string $key, int $timeoutMs): ?string;
}
