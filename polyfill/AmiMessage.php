<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * What a server sent: an AmiEvent or an AmiResponse, which add their own names of things.
 *
 * What implements this besides those two is no message to the extension.
 */
interface AmiMessage
{
    /** The first value of a header, its name in any case; null where it is not there. */
    public function get(string $key): ?string;

    /**
     * All values of a header, its name in any case, in the order sent.
     *
     * @return list<string> empty where it is not there
     */
    public function all(string $key): array;

    /** Whether there is such a header, its name in any case; it may be empty. */
    public function has(string $key): bool;

    /** The bytes as they came, without the blank line at the end. */
    public function raw(): string;
}
