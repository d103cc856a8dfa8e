<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** AMI by PHP's own means: what every client has to be compared with. */
final class RawSession
{
    /** @return resource a session that is logged in */
    public static function open(int $port, string $events)
    {
        $socket = stream_socket_client("tcp://127.0.0.1:$port");
        if ($socket === false) {
            throw new \RuntimeException('no connection');
        }
        stream_set_chunk_size($socket, 1 << 18);
        fgets($socket);
        fwrite($socket, "Action: Login\r\nUsername: " . Driver::USERNAME . "\r\nSecret: " . Driver::SECRET . "\r\nEvents: $events\r\n\r\n");
        self::skip($socket);

        return $socket;
    }

    /** @param resource $socket */
    public static function ping($socket, string $id): void
    {
        fwrite($socket, "Action: Ping\r\nActionID: $id\r\n\r\n");
        self::skip($socket);
    }

    /**
     * Up to a blank line.
     *
     * @param resource $socket
     */
    private static function skip($socket): void
    {
        while (!\in_array(fgets($socket), ["\r\n", false], true));
    }
}
