<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * What a server answered to an action.
 *
 * Immutable. Made by the extension only, and by fromRaw(). Objects cannot be cloned or serialized, and take no further
 * properties.
 */
final class AmiResponse implements AmiMessage
{
    use Polyfill\Message;

    /** The property with what the deciding header says. */
    private const string FIRST = 'status';

    /** The status, such as `Success`, `Error`, `Goodbye` or `Follows`, as the server writes it. */
    public readonly string $status;

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

    /** Whether the status is anything but `Error`. */
    public function isSuccess(): bool
    {
        return strcasecmp($this->status, 'Error') !== 0;
    }

    /** The first `Message` header; null where there is none. */
    public function message(): ?string
    {
        return $this->get('Message');
    }

    /** The `ActionID` header; null where there is none. */
    public function actionId(): ?string
    {
        return $this->get('ActionID');
    }

    /**
     * The output of a `Command`, from servers of any version.
     *
     * @return list<string> its lines without their ends; empty for other answers
     */
    public function output(): array
    {
        return $this->frame->output();
    }
}
