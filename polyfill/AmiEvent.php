<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * What happened on a server.
 *
 * Immutable. Made by the extension only, and by fromRaw(). Objects cannot be cloned or serialized, and take no further
 * properties.
 */
final class AmiEvent implements AmiMessage
{
    use Polyfill\Message;

    /** The property with what the deciding header says. */
    private const string FIRST = 'name';

    /** The name of the event, such as `Newchannel`, as the server writes it. */
    public readonly string $name;

    /** The key of the server that it came from. */
    public readonly string $serverKey;

    /** When it was read, in seconds since the Unix epoch, exact to the microsecond. */
    public readonly float $receivedAt;

    /**
     * All headers in the order sent; made when first asked for.
     *
     * @var array<string, string|non-empty-list<string>> values by name in lower case; a header that repeats is a list.
     *     The bytes are those that the server sent, in whatever encoding. Names that are whole numbers are int keys, as
     *     always in PHP
     */
    public readonly array $headers;
}
