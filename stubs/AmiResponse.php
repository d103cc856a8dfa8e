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

    private function __construct()
    {
        throw new \Error('a stub');
    }

    /** The first value of a header, its name in any case; null where it is not there. */
    public function get(string $key): ?string
    {
        throw new \Error('a stub');
    }

    /**
     * All values of a header, its name in any case, in the order sent.
     *
     * @return list<string> empty where it is not there
     */
    public function all(string $key): array
    {
        throw new \Error('a stub');
    }

    /** Whether there is such a header, its name in any case; it may be empty. */
    public function has(string $key): bool
    {
        throw new \Error('a stub');
    }

    /** The bytes as they came, without the blank line at the end. */
    public function raw(): string
    {
        throw new \Error('a stub');
    }

    /** Whether the status is anything but `Error`. */
    public function isSuccess(): bool
    {
        throw new \Error('a stub');
    }

    /** The first `Message` header; null where there is none. */
    public function message(): ?string
    {
        throw new \Error('a stub');
    }

    /** The `ActionID` header; null where there is none. */
    public function actionId(): ?string
    {
        throw new \Error('a stub');
    }

    /**
     * The output of a `Command`, from servers of any version.
     *
     * @return list<string> its lines without their ends; empty for other answers
     */
    public function output(): array
    {
        throw new \Error('a stub');
    }

    /**
     * Makes one from text, for fakes and tests.
     *
     * @param string $frame header lines with LF or CRLF at their ends; a blank line may follow
     * @param float $receivedAt seconds since the Unix epoch
     *
     * @throws InvalidConfigurationException where no line starts with `Response:`; key() is `frame`
     */
    public static function fromRaw(string $serverKey, string $frame, float $receivedAt = 0.0): self
    {
        throw new \Error('a stub');
    }
}
