<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

/** A second session that shares no code with the client: bytes from a socket, cut at blank lines. */
final class RawSession
{
    /** @var resource */
    private $socket;

    private string $buffer = '';

    public function __construct(string $address, string $username = 'dialer', string $secret = 's3cret', string $events = 'on')
    {
        $socket = stream_socket_client("tcp://$address", $code, $message, 5);
        if ($socket === false) {
            throw new \RuntimeException("$address: $message");
        }
        stream_set_blocking($socket, false);
        $this->socket = $socket;
        $this->until(fn(): bool => str_contains($this->buffer, "\r\n"));
        $this->buffer = substr($this->buffer, (int) strpos($this->buffer, "\r\n") + 2);
        $this->send("Action: Login\r\nActionID: login\r\nUsername: $username\r\nSecret: $secret\r\nEvents: $events");
        $response = $this->frame();
        if (!str_starts_with($response, 'Response: Success')) {
            throw new \RuntimeException($response);
        }
    }

    /** @param string $action header lines without the blank one at the end */
    public function send(string $action): void
    {
        fwrite($this->socket, "$action\r\n\r\n");
    }

    /**
     * All frames that have come, without waiting.
     *
     * @return list<string>
     */
    public function received(): array
    {
        $this->read(0.0);
        $frames = [];
        while (($frame = $this->next()) !== null) {
            $frames[] = $frame;
        }

        return $frames;
    }

    /** The next frame. */
    public function frame(float $seconds = 10.0): string
    {
        $frame = null;
        $this->until(function () use (&$frame): bool {
            $frame = $this->next();

            return $frame !== null;
        }, $seconds);
        \assert($frame !== null);

        return $frame;
    }

    /**
     * The answer to an action: its response and, where that starts a list, the items and the end.
     *
     * @param string $action header lines without ActionID
     *
     * @return list<string> without their ActionIDs
     */
    public function answer(string $action): array
    {
        $id = bin2hex(random_bytes(6));
        $this->send("$action\r\nActionID: $id");
        $frames = [];
        $isList = false;
        do {
            $frame = $this->frame();
            if (!str_contains("$frame\r\n", "ActionID: $id\r\n")) {
                continue;
            }
            $frames[] = self::without($frame, 'ActionID');
            $isList = $isList || stripos($frame, "EventList: start") !== false;
        } while ($frames === [] || ($isList && !str_contains($frame, 'EventList: Complete')));

        return $frames;
    }

    /** A frame without the headers of these names. */
    public static function without(string $frame, string ...$names): string
    {
        return implode("\r\n", array_filter(
            explode("\r\n", $frame),
            static fn(string $line): bool => !\in_array(explode(':', $line, 2)[0], $names, true),
        ));
    }

    /** @param callable(): bool $isDone */
    private function until(callable $isDone, float $seconds = 10.0): void
    {
        $deadline = microtime(true) + $seconds;
        while (!$isDone()) {
            if (microtime(true) > $deadline) {
                throw new \RuntimeException("nothing came in $seconds s; there is: {$this->buffer}");
            }
            $this->read(0.05);
        }
    }

    private function read(float $seconds): void
    {
        $read = [$this->socket];
        $write = $except = null;
        if (stream_select($read, $write, $except, 0, (int) ($seconds * 1e6)) > 0) {
            while (($bytes = (string) fread($this->socket, 262_144)) !== '') {
                $this->buffer .= $bytes;
            }
            if (feof($this->socket)) {
                throw new \RuntimeException("the server closed the connection; there is: {$this->buffer}");
            }
        }
    }

    private function next(): ?string
    {
        // Some events have a blank line too many after them.
        $this->buffer = str_starts_with($this->buffer, "\r\n") ? substr($this->buffer, 2) : $this->buffer;
        $end = strpos($this->buffer, "\r\n\r\n");
        if ($end === false) {
            return null;
        }
        $frame = substr($this->buffer, 0, $end);
        $this->buffer = substr($this->buffer, $end + 4);

        return $frame;
    }
}
