<?php

declare(strict_types=1);

namespace Apn\AmiClient\Http;

/**
 * One connection: a request comes in, its answer goes out, and what the client still sends is read away.
 *
 * Nothing here waits. Each step does what can be done now, and has its bound in bytes and in time.
 */
final class Exchange
{
    /** Prometheus sends some 400 bytes, a probe 150. */
    private const int MAX_HEAD_BYTES = 8_192;

    /** From the connection to the end of the request's head; a client that trickles gets no more. */
    private const float REQUEST_SECONDS = 2.0;

    /** For the whole answer: Prometheus itself gives up after 10 s. */
    private const float ANSWER_SECONDS = 10.0;

    /** A connection that is closed over unread bytes is reset, and the answer lost with it; so they are read, this long. */
    private const float DRAIN_SECONDS = 1.0;

    /** Bytes written or read away in one step, so that one client with a fast line takes no tick for itself. */
    private const int STEP_BYTES = 1_048_576;

    private const int CHUNK_BYTES = 65_536;

    private string $received = '';

    /** Null until there is an answer. */
    private ?string $head = null;

    /** Shared by all who are sent the same. */
    private string $body = '';

    private int $sent = 0;

    private bool $draining = false;

    private float $deadline;

    /** @param resource $socket non-blocking */
    public function __construct(private readonly mixed $socket, float $now)
    {
        $this->deadline = $now + self::REQUEST_SECONDS;
    }

    /**
     * Does what can be done now.
     *
     * @param \Closure(Request): Response $answer
     *
     * @return bool whether there is more to do later
     */
    public function advance(float $now, \Closure $answer): bool
    {
        if ($this->head === null && !$this->read($now, $answer)) {
            return false;
        }
        if ($this->head === null) {
            return true;
        }
        if (!$this->draining && !$this->write($now)) {
            return $now < $this->deadline;
        }

        return $this->drain($now);
    }

    /** Whether bytes wait to be sent. */
    public function isSending(): bool
    {
        return $this->head !== null && !$this->draining;
    }

    /** Ends the connection, also where a forked process still has it. */
    public function close(): void
    {
        @stream_socket_shutdown($this->socket, STREAM_SHUT_RDWR);
        fclose($this->socket);
    }

    /** Lets go of what is another process's. */
    public function abandon(): void
    {
        fclose($this->socket);
    }

    /**
     * @param \Closure(Request): Response $answer
     *
     * @return bool false where the client has gone
     */
    private function read(float $now, \Closure $answer): bool
    {
        $bytes = fread($this->socket, max(1, self::MAX_HEAD_BYTES + 4 - \strlen($this->received)));
        if ($bytes === false || ($bytes === '' && feof($this->socket))) {
            return false;
        }
        $this->received .= $bytes;
        $end = strpos($this->received, "\r\n\r\n");
        $request = match (true) {
            $end !== false && $end <= self::MAX_HEAD_BYTES => Request::parse(substr($this->received, 0, $end)),
            \strlen($this->received) > self::MAX_HEAD_BYTES => 431,
            $now >= $this->deadline => 408,
            default => null,
        };
        if ($request === null) {
            return true;
        }
        if (\is_int($request)) {
            $this->send(Response::error($request), $now);
        } elseif ($request->method === 'GET' || $request->method === 'HEAD') {
            $this->send($answer($request), $now, withBody: $request->method === 'GET');
        } else {
            $this->send(Response::error(405), $now);
        }

        return true;
    }

    private function send(Response $response, float $now, bool $withBody = true): void
    {
        $this->received = '';
        $this->head = $response->head();
        $this->body = $withBody ? $response->body : '';
        $this->deadline = $now + self::ANSWER_SECONDS;
    }

    /** @return bool whether everything is sent */
    private function write(float $now): bool
    {
        $head = (string) $this->head;
        $all = \strlen($head) + \strlen($this->body);
        for ($left = self::STEP_BYTES; $left > 0 && $this->sent < $all; $left -= $count) {
            $chunk = substr($head, $this->sent, self::CHUNK_BYTES);
            $count = fwrite($this->socket, $chunk !== '' ? $chunk : substr($this->body, $this->sent - \strlen($head), self::CHUNK_BYTES));
            if ($count === false) {
                // Nobody is there any more.
                $this->deadline = $now;

                return false;
            }
            if ($count === 0) {
                return false;
            }
            $this->sent += $count;
        }
        if ($this->sent < $all) {
            return false;
        }
        $this->body = '';
        $this->draining = true;
        $this->deadline = $now + self::DRAIN_SECONDS;
        stream_socket_shutdown($this->socket, STREAM_SHUT_WR);

        return true;
    }

    /** @return bool whether more may come */
    private function drain(float $now): bool
    {
        for ($read = 0; $read < self::STEP_BYTES; $read += \strlen($bytes)) {
            $bytes = fread($this->socket, self::CHUNK_BYTES);
            if ($bytes === false || feof($this->socket)) {
                return false;
            }
            if ($bytes === '') {
                break;
            }
        }

        return $now < $this->deadline;
    }
}
