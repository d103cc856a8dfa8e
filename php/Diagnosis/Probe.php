<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

/**
 * A connection that looks at a port from outside, without logging in: how long it takes, what it shows, what it says.
 *
 * Every wait ends after so many seconds. The certificate is looked at, not believed: the session of the client decides about that.
 */
final class Probe
{
    private const int MOST_GREETING_BYTES = 512;

    /** @var resource|null */
    private $socket;

    public function __construct(private readonly float $seconds) {}

    public function __destruct()
    {
        $this->close();
    }

    /**
     * The addresses of a name, by a process that is not waited for longer than for anything else.
     *
     * @return list<string>|null null where there was no answer in time
     */
    public function addresses(string $name): ?array
    {
        $process = @proc_open(['getent', 'ahosts', $name], [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
        if ($process === false) {
            $addresses = gethostbynamel($name);

            return $addresses === false ? [] : $addresses;
        }
        stream_set_blocking($pipes[1], false);
        [$text, $until] = ['', hrtime(true) + (int) ($this->seconds * 1e9)];
        while (!feof($pipes[1]) && hrtime(true) < $until) {
            self::wait($pipes[1]);
            $text .= (string) fread($pipes[1], 8192);
        }
        $isOver = feof($pipes[1]);
        fclose($pipes[1]);
        $isOver || proc_terminate($process, 9);
        proc_close($process);
        preg_match_all('/^(\S+)\s/m', $text, $found);

        return $isOver ? array_values(array_unique($found[1])) : null;
    }

    /**
     * @param array<string, mixed>|null $tls as ServerConfig has it, for what the server is to be shown
     *
     * @return float|string seconds that it took, or why there is no connection
     */
    public function connect(string $address, int $port, ?array $tls = null): float|string
    {
        $name = $tls['server_name'] ?? null;
        $context = stream_context_create(['ssl' => array_filter([
            'verify_peer' => false, 'verify_peer_name' => false, 'capture_peer_cert' => true, 'capture_peer_cert_chain' => true,
            'peer_name' => \is_string($name) ? $name : null, 'SNI_enabled' => \is_string($name) && filter_var($name, \FILTER_VALIDATE_IP) === false,
            'local_cert' => $tls['client_cert'] ?? null, 'local_pk' => $tls['client_key'] ?? null,
        ], static fn(mixed $value): bool => $value !== null)]);
        $host = str_contains($address, ':') ? '[' . trim($address, '[]') . ']' : $address;
        $start = hrtime(true);
        $socket = @stream_socket_client("tcp://$host:$port", $code, $message, $this->seconds, \STREAM_CLIENT_CONNECT, $context);
        if ($socket === false) {
            return $message === null || $message === '' ? "error $code" : $message;
        }
        stream_set_blocking($socket, false);
        $this->socket = $socket;

        return (hrtime(true) - $start) / 1e9;
    }

    /** @return TlsFacts|string what was agreed on and shown, or why not */
    public function encrypt(): TlsFacts|string
    {
        if ($this->socket === null) {
            return 'not connected';
        }
        $until = hrtime(true) + (int) ($this->seconds * 1e9);
        $said = null;
        set_error_handler(static function (int $level, string $message) use (&$said): bool {
            $said = $message;

            return true;
        });
        try {
            do {
                $done = stream_socket_enable_crypto($this->socket, true, \STREAM_CRYPTO_METHOD_TLSv1_2_CLIENT | \STREAM_CRYPTO_METHOD_TLSv1_3_CLIENT);
                if ($done === 0) {
                    self::wait($this->socket);
                }
            } while ($done === 0 && hrtime(true) < $until);
        } finally {
            restore_error_handler();
        }
        if ($done !== true) {
            return $done === 0 ? 'the handshake did not end in time' : self::reason($said ?? 'the handshake failed');
        }

        return TlsFacts::of($this->socket);
    }

    /** @return string|null the first line that the server says; empty where it closed without a word, null where nothing came in time */
    public function greeting(): ?string
    {
        [$text, $until] = ['', hrtime(true) + (int) ($this->seconds * 1e9)];
        while ($this->socket !== null && hrtime(true) < $until && \strlen($text) < self::MOST_GREETING_BYTES) {
            self::wait($this->socket);
            $text .= (string) fread($this->socket, self::MOST_GREETING_BYTES);
            if (str_contains($text, "\n")) {
                break;
            }
            if (feof($this->socket)) {
                return $text;
            }
        }

        return $text === '' ? null : explode("\n", str_replace("\r", '', $text))[0];
    }

    public function close(): void
    {
        if ($this->socket !== null) {
            fclose($this->socket);
            $this->socket = null;
        }
    }

    /** What OpenSSL says, of what PHP says around it. */
    private static function reason(string $said): string
    {
        return trim((string) preg_replace(['/^stream_socket_enable_crypto\(\):\s*/', '/SSL operation failed with code \d+\. OpenSSL Error messages:\s*/', '/error:[0-9A-F]+:/', '/\s+/'], ['', '', '', ' '], $said));
    }

    /**
     * Until there is something to read, or the time may be over.
     *
     * @param resource $stream
     */
    private static function wait($stream): void
    {
        [$read, $write, $except] = [[$stream], null, null];
        @stream_select($read, $write, $except, 0, 50_000);
    }
}
