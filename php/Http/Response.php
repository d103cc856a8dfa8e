<?php

declare(strict_types=1);

namespace Apn\AmiClient\Http;

/** An answer of the endpoint; the connection ends with it. */
final readonly class Response
{
    private const array REASONS = [
        200 => 'OK', 400 => 'Bad Request', 404 => 'Not Found', 405 => 'Method Not Allowed', 408 => 'Request Timeout',
        413 => 'Content Too Large', 431 => 'Request Header Fields Too Large', 500 => 'Internal Server Error',
        503 => 'Service Unavailable', 505 => 'HTTP Version Not Supported',
    ];

    /** @param key-of<self::REASONS> $status */
    public function __construct(
        public int $status,
        public string $body,
        public string $type = 'text/plain; charset=utf-8',
    ) {}

    /** @param key-of<self::REASONS> $status */
    public static function error(int $status): self
    {
        return new self($status, self::REASONS[$status] . "\n");
    }

    /** The bytes to send before the body. */
    public function head(): string
    {
        $allow = $this->status === 405 ? "Allow: GET, HEAD\r\n" : '';

        return "HTTP/1.1 {$this->status} " . self::REASONS[$this->status] . "\r\n"
            . "Content-Type: {$this->type}\r\n"
            . 'Content-Length: ' . \strlen($this->body) . "\r\n"
            . "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{$allow}Connection: close\r\n\r\n";
    }
}
