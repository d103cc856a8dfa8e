<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

/** A request for /metrics that is made and answered between the ticks of a worker in the same process. */
final class Answer
{
    public string $text = '';

    /** @var resource|null */
    private $client = null;

    public function __construct(private readonly string $headers) {}

    public function isWhole(string $address): bool
    {
        if ($this->client === null) {
            $client = stream_socket_client("tcp://$address");
            \assert($client !== false);
            stream_set_blocking($client, false);
            fwrite($client, "GET /metrics HTTP/1.1\r\nHost: h\r\n{$this->headers}\r\n");
            $this->client = $client;
        }
        $this->text .= (string) stream_get_contents($this->client);

        return feof($this->client);
    }
}
