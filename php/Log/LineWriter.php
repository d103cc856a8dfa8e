<?php

declare(strict_types=1);

namespace Apn\AmiClient\Log;

use Apn\AmiClient\InvalidConfigurationException;

/**
 * Writes whole lines to a stream and never waits for it.
 *
 * What the stream does not take now waits, within a limit; beyond it new lines are dropped, and once there is room again a
 * line says how many. A stream that breaks (a closed pipe, a full disk) is tried again each second.
 *
 * A blocking mode belongs to the open file, which a process shares with those that started it: stderr made non-blocking here
 * would be so for the shell, too. So a path is opened anew (`php://stderr` and `php://stdout` as `/proc/self/fd/2` and 1), with
 * a mode of its own. A stream that is given, or cannot be opened anew (a socket, as under systemd), keeps its mode: it is asked
 * whether it takes something, and gets at most what it then surely takes.
 *
 * A disk cannot be asked: writing to a file takes as long as the kernel takes for it. Where stderr is a file, it is not opened
 * anew, as those who share it write at a place in it that they share, too.
 */
final class LineWriter
{
    /** Bytes that wait at most: some thousand lines, enough for a reader that pauses. */
    public const int BUFFER_BYTES = 1_048_576;

    /** Bytes of a line; a longer one is dropped. Readers of logs cut at 16 KiB to 1 MiB. */
    public const int LINE_BYTES = 262_144;

    /** Bytes that a pipe or socket which can be written to takes without blocking: PIPE_BUF on Linux. */
    private const int SURE_BYTES = 4_096;

    /** Bytes in one write where the stream does not block. */
    private const int CHUNK_BYTES = 65_536;

    /** Kept free for the line that says what was dropped. */
    private const int RESERVE_BYTES = 1_024;

    /** Between two tries to open or write what is broken. */
    private const float RETRY_SECONDS = 1.0;

    /** @var resource|null */
    private mixed $stream = null;

    private ?string $path = null;

    /** Whether the stream was opened here, and so does not block. */
    private bool $isOurs = false;

    private string $buffer = '';

    /** Bytes of the buffer that are written already. */
    private int $written = 0;

    private int $dropped = 0;

    private int $droppedTotal = 0;

    private float $retryAt = 0.0;

    private int $owner;

    /** @var \Closure(int): string */
    private readonly \Closure $dropLine;

    /**
     * @param mixed $stream a path, also `php://stderr` and `php://stdout`, or an open stream
     * @param callable(int): string $dropLine the line that says how many were dropped
     * @param int $bufferBytes bytes that wait at most, from 8,192
     */
    public function __construct(mixed $stream, callable $dropLine, private readonly int $bufferBytes = self::BUFFER_BYTES)
    {
        if ($bufferBytes < 8_192) {
            throw new InvalidConfigurationException("bufferBytes: $bufferBytes is less than 8192");
        }
        if (\is_resource($stream) && get_resource_type($stream) === 'stream') {
            // Of stderr the process itself can open another one.
            $uri = stream_get_meta_data($stream)['uri'] ?? '';
            if (\in_array($uri, ['php://stderr', 'php://stdout'], true)) {
                $this->path = $uri;
            } else {
                $this->stream = $stream;
            }
        } elseif (\is_string($stream) && $stream !== '' && !str_contains($stream, "\0")) {
            $this->path = $stream;
        } else {
            throw new InvalidConfigurationException('stream: ' . (\is_string($stream) ? 'the text is no path' : get_debug_type($stream) . ' is neither a path nor an open stream'));
        }
        $this->dropLine = $dropLine(...);
        $this->owner = (int) getmypid();
    }

    /** Adds a line, without its end, and writes what the stream takes. Tells whether there was room for it. */
    public function write(string $line): bool
    {
        $this->forgetWhatIsTheParents();
        $this->writeWhatFits();
        $isKept = \strlen($line) < self::LINE_BYTES && $this->tellDrops() && $this->add($line, self::RESERVE_BYTES);
        if (!$isKept) {
            $this->dropped++;
            $this->droppedTotal++;
        }
        $this->writeWhatFits();

        return $isKept;
    }

    /**
     * Waits until everything is written, so many seconds at most; 0 only writes what the stream takes now. Tells whether
     * everything is.
     */
    public function flush(float $seconds = 0.0): bool
    {
        $this->forgetWhatIsTheParents();
        $until = hrtime(true) / 1e9 + $seconds;
        $this->tellDrops();
        $this->writeWhatFits();
        while ($this->waitingBytes() > 0 && ($left = $until - hrtime(true) / 1e9) > 0) {
            $this->await($left);
            $this->writeWhatFits();
        }
        if ($this->tellDrops()) {
            $this->writeWhatFits();
        }

        return $this->waitingBytes() === 0;
    }

    /** Opens a path anew with the next line: the file was moved by who rotates logs. */
    public function reopen(): void
    {
        $this->forgetWhatIsTheParents();
        if ($this->path !== null) {
            $this->writeWhatFits();
            $this->close();
        }
    }

    /** Bytes that wait. */
    public function waitingBytes(): int
    {
        return \strlen($this->buffer) - $this->written;
    }

    /** Lines that were dropped so far. */
    public function droppedLines(): int
    {
        return $this->droppedTotal;
    }

    /** Says how many lines were dropped, if there is room. Tells whether nothing is left to say. */
    private function tellDrops(): bool
    {
        if ($this->dropped > 0 && $this->waitingBytes() <= $this->bufferBytes / 2 && $this->add(($this->dropLine)($this->dropped), 0)) {
            $this->dropped = 0;
        }

        return $this->dropped === 0;
    }

    private function add(string $line, int $reserve): bool
    {
        if ($this->waitingBytes() + \strlen($line) + 1 > $this->bufferBytes - $reserve) {
            return false;
        }
        // Not with each write: that would copy all that waits.
        if ($this->written > 0 && $this->written * 2 >= \strlen($this->buffer)) {
            $this->buffer = substr($this->buffer, $this->written);
            $this->written = 0;
        }
        $this->buffer .= strtr($line, "\r\n", '  ') . "\n";

        return true;
    }

    private function writeWhatFits(): void
    {
        if ($this->waitingBytes() === 0 || ($this->retryAt > 0.0 && hrtime(true) / 1e9 < $this->retryAt) || !$this->open()) {
            return;
        }
        while ($this->waitingBytes() > 0 && ($this->isOurs || $this->takesSomething())) {
            $chunk = substr($this->buffer, $this->written, $this->isOurs ? self::CHUNK_BYTES : self::SURE_BYTES);
            $count = self::quietly(fn(): int|false => \is_resource($this->stream) ? fwrite($this->stream, $chunk) : false);
            if ($count === false) {
                $this->broke();

                return;
            }
            $this->written += $count;
            if ($count < \strlen($chunk)) {
                break;
            }
        }
        if ($this->waitingBytes() === 0) {
            $this->buffer = '';
            $this->written = 0;
        }
        $this->retryAt = 0.0;
    }

    private function open(): bool
    {
        if (\is_resource($this->stream)) {
            return true;
        }
        if ($this->path !== null) {
            // a: behind what is there; n: neither opening a pipe without a reader nor writing waits; e: not for programs
            // that are started.
            $anew = ['php://stderr' => '/proc/self/fd/2', 'php://stdout' => '/proc/self/fd/1'][$this->path] ?? $this->path;
            $stream = self::quietly(static fn(): mixed => fopen($anew, 'ane'));
            // Where stderr leads to a file, others go on writing at their own place in it, over what is added behind that.
            if ($anew !== $this->path && (!\is_resource($stream) || self::isFile($stream))) {
                $stream = self::quietly(fn(): mixed => fopen($this->path, 'a'));
                $anew = null;
            }
            $this->isOurs = \is_resource($stream) && $anew !== null;
            $this->stream = \is_resource($stream) ? $stream : null;
        }
        if ($this->stream === null || !\is_resource($this->stream)) {
            $this->retryAt = hrtime(true) / 1e9 + self::RETRY_SECONDS;

            return false;
        }
        stream_set_write_buffer($this->stream, 0);

        return true;
    }

    /** Writing failed. A file may have room again; what else was opened here is opened anew. */
    private function broke(): void
    {
        $this->retryAt = hrtime(true) / 1e9 + self::RETRY_SECONDS;
        if ($this->path !== null && !(\is_resource($this->stream) && self::isFile($this->stream))) {
            $this->close();
        }
    }

    private function close(): void
    {
        $stream = $this->stream;
        $this->stream = null;
        if (\is_resource($stream)) {
            fclose($stream);
        }
        // The rest of a line would be one of its own in what is opened next.
        if ($this->written > 0 && $this->buffer[$this->written - 1] !== "\n") {
            $this->written = (int) strpos($this->buffer, "\n", $this->written) + 1;
            $this->dropped++;
            $this->droppedTotal++;
        }
    }

    /** @param resource $stream */
    private static function isFile(mixed $stream): bool
    {
        $stat = fstat($stream);

        return $stat !== false && ($stat['mode'] & 0o170000) === 0o100000;
    }

    private function takesSomething(): bool
    {
        return $this->select(0) !== 0;
    }

    private function await(float $seconds): void
    {
        $pause = min($seconds, 0.05);
        if ($this->retryAt > 0.0 || $this->select($pause) === null) {
            usleep((int) ($pause * 1e6));
        }
    }

    /** How many of one stream can be written to; null where it cannot be asked, because it is no descriptor. */
    private function select(float $seconds): ?int
    {
        $stream = $this->stream;
        if (!\is_resource($stream)) {
            return null;
        }
        try {
            $ready = self::quietly(static function () use ($stream, $seconds): int|false {
                [$read, $write, $except] = [null, [$stream], null];

                return stream_select($read, $write, $except, 0, (int) ($seconds * 1e6));
            });
        } catch (\ValueError) {
            return null;
        }

        return $ready === false ? null : $ready;
    }

    /** What waits in a child that was forked is its parent's, who writes it. */
    private function forgetWhatIsTheParents(): void
    {
        $pid = (int) getmypid();
        if ($pid !== $this->owner) {
            [$this->owner, $this->buffer, $this->written, $this->dropped, $this->droppedTotal] = [$pid, '', 0, 0, 0];
        }
    }

    /**
     * Without notices, which an application's error handler may turn into exceptions.
     *
     * @template T
     *
     * @param callable(): T $attempt
     *
     * @return T
     */
    private static function quietly(callable $attempt): mixed
    {
        set_error_handler(static fn(): bool => true);
        try {
            return $attempt();
        } finally {
            restore_error_handler();
        }
    }
}
