<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

use Apn\AmiClient\Redactor;

/**
 * What events and responses have in common.
 *
 * @internal
 */
trait Message
{
    use Unique;

    private readonly Frame $frame;

    private function __construct(string $serverKey, Frame $frame, float $receivedAt)
    {
        $this->frame = $frame;
        $this->{self::FIRST} = $frame->name;
        $this->serverKey = $serverKey;
        // Exact to the microsecond, and not before the epoch.
        $this->receivedAt = max(0.0, round($receivedAt * 1e6)) / 1e6;
        $headers = [];
        foreach ($frame->headers() as [$name, $value]) {
            $headers[strtolower($name)][] = $value;
        }
        $this->headers = array_map(static fn(array $values): string|array => \count($values) === 1 ? $values[0] : $values, $headers);
    }

    public function get(string $key): ?string
    {
        return ((array) ($this->headers[strtolower($key)] ?? []))[0] ?? null;
    }

    /** @return list<string> */
    public function all(string $key): array
    {
        return (array) ($this->headers[strtolower($key)] ?? []);
    }

    public function has(string $key): bool
    {
        return isset($this->headers[strtolower($key)]);
    }

    public function raw(): string
    {
        return $this->frame->bytes;
    }

    public static function fromRaw(string $serverKey, string $frame, float $receivedAt = 0.0): self
    {
        $parsed = Frame::parse($frame);
        if ($parsed === null || $parsed->isEvent !== (self::FIRST === 'name')) {
            $line = self::FIRST === 'name' ? 'Event:' : 'Response:';
            throw Refusal::raw("frame: no line starts with \"$line\"", 'frame', $frame);
        }

        return new self($serverKey, $parsed, $receivedAt);
    }

    /** @return array<string, mixed> the application that prints a message must not print its credentials with it */
    public function __debugInfo(): array
    {
        return [
            self::FIRST => $this->frame->name,
            'serverKey' => $this->serverKey,
            'receivedAt' => $this->receivedAt,
            'headers' => new Redactor()->redact($this->headers),
        ];
    }
}
