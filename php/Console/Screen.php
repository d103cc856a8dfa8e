<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

/**
 * Lines that scroll, and below them a few that stay and change: on a terminal. Elsewhere plain lines.
 *
 * A terminal may be slow, or stopped by Ctrl-S, and must not hold the connections up: lines wait here, at most so many,
 * and show() writes only what is taken at once. Escape codes that a server sends are not passed on.
 */
final class Screen
{
    private const int MOST_LINES = 1000;

    /** Bytes that wait at most: some hundred lines of AMI's longest. */
    private const int MOST_BYTES = 8 * 1024 * 1024;

    /** A pipe or a terminal that select() calls writable takes so many bytes at once. */
    private const int CHUNK = 4096;

    private const int MOST_CHUNKS = 16;

    public readonly bool $isTerminal;

    private int $width = 80;

    public private(set) int $height = 24;

    /** @var list<string> */
    private array $waiting = [];

    /** @var array<int, true> those of the waiting lines that are not to be cut, by their number since the beginning */
    private array $whole = [];

    private int $taken = 0;

    private int $waitingBytes = 0;

    private int $leftOut = 0;

    /** Lines that nobody will see, because the terminal or the pipe did not take them in time. */
    public private(set) int $leftOutInAll = 0;

    /** @var list<string> */
    private array $status = [];

    private int $statusShown = 0;

    private bool $changed = false;

    private string $unwritten = '';

    /** Bytes of it that were taken. */
    private int $written = 0;

    /** Nobody looks any more, as after `| head`. */
    public private(set) bool $gone = false;

    private readonly bool $isPipe;

    /**
     * @param resource $stream
     * @param bool $isForPrograms lines go out whole and nothing but them: no colours, no note of what was left out
     * @param bool $hasColours where it is a terminal, and the environment has no NO_COLOR
     * @param bool $isPatient leaves nothing out, and finish() waits for whoever reads, as long as there is somebody: for an answer, which
     *     is worth nothing in parts, where no connection needs the time
     */
    public function __construct(private $stream, private readonly bool $isForPrograms = false, private readonly bool $hasColours = true, private readonly bool $isPatient = false)
    {
        $this->isTerminal = stream_isatty($stream) && getenv('TERM') !== 'dumb' && !$isForPrograms;
        $status = fstat($stream);
        $this->isPipe = $status !== false && ($status['mode'] & 0o170000) === 0o010000;
        $this->measure();
        if ($this->isTerminal && \function_exists('pcntl_signal')) {
            pcntl_signal(SIGWINCH, $this->measure(...));
        }
    }

    /** Text as one line that can be shown: no control characters, no broken UTF-8. */
    public static function clean(string $text): string
    {
        $safe = preg_replace('/\p{Cc}/u', '.', $text);

        return $safe ?? (string) preg_replace('/[^\x20-\x7e]/', '.', $text);
    }

    /** The characters of a text that is clean. */
    public static function width(string $text): int
    {
        return (int) preg_match_all('/./us', $text);
    }

    /** Text of an exact width. */
    public static function cell(string $text, int $width): string
    {
        $text = self::cut(self::clean($text), $width);

        return $text . str_repeat(' ', max(0, $width - self::width($text)));
    }

    /** Colours text where there are colours. */
    public function colour(string $text, int $code): string
    {
        return $this->isTerminal && $this->hasColours && getenv('NO_COLOR') === false ? "\e[{$code}m$text\e[0m" : $text;
    }

    /** A line that scrolls. Where too many wait, the oldest go, and are counted. */
    public function line(string $text = ''): void
    {
        $this->waiting[] = $text;
        $this->waitingBytes += \strlen($text);
        if (!$this->isPatient && (\count($this->waiting) > 2 * self::MOST_LINES || $this->waitingBytes > self::MOST_BYTES)) {
            $this->leaveOut((int) ceil(\count($this->waiting) / 2));
        }
        $this->changed = true;
    }

    /** The same, and goes on in the next row where the terminal is too narrow: what is to be read to its end, or copied. */
    public function whole(string $text = ''): void
    {
        $this->line($text);
        $this->whole[$this->taken + \count($this->waiting) - 1] = true;
    }

    private function leaveOut(int $lines): void
    {
        $this->taken += $lines;
        $this->whole = array_filter($this->whole, fn(int $number): bool => $number >= $this->taken, \ARRAY_FILTER_USE_KEY);
        $this->leftOut += $lines;
        $this->leftOutInAll += $lines;
        $this->waiting = \array_slice($this->waiting, $lines);
        $this->waitingBytes = array_sum(array_map(strlen(...), $this->waiting));
    }

    /** @param list<string> $lines what stays below on a terminal, instead of what was there */
    public function status(array $lines): void
    {
        $this->status = $lines;
        $this->changed = true;
    }

    /** Writes as much as is taken without waiting. */
    public function show(): void
    {
        for ($chunks = 0; $chunks < self::MOST_CHUNKS && !$this->gone; $chunks++) {
            if ($this->unwritten === '') {
                if (!$this->changed) {
                    return;
                }
                [$this->unwritten, $this->written] = [$this->compose(), 0];
            }
            $read = $except = null;
            $write = [$this->stream];
            if (@stream_select($read, $write, $except, 0) !== 1) {
                return;
            }
            $written = @fwrite($this->stream, substr($this->unwritten, $this->written, self::CHUNK));
            if ($written === false) {
                $this->gone = true;

                return;
            }
            $this->written += $written;
            if ($this->written >= \strlen($this->unwritten)) {
                $this->unwritten = '';
            }
        }
    }

    /** Whether a pipe has lost its reader, as after `| head`, also while there is nothing to write. */
    public function hasReader(): bool
    {
        if ($this->isPipe && !$this->gone) {
            // An end for writing is "readable" only once it is broken.
            $read = [$this->stream];
            $write = $except = null;
            $this->gone = @stream_select($read, $write, $except, 0) === 1;
        }

        return !$this->gone;
    }

    /** Writes the rest, for so many seconds at most; one that is patient takes as long as it needs. */
    public function finish(float $seconds): void
    {
        $this->status = [];
        $this->changed = true;
        $deadline = $this->isPatient ? INF : hrtime(true) + $seconds * 1e9;
        while (($this->changed || $this->unwritten !== '') && !$this->gone && hrtime(true) < $deadline) {
            $this->show();
            $read = $except = null;
            $write = [$this->stream];
            @stream_select($read, $write, $except, 0, 20_000);
        }
        $this->leftOutInAll += \count($this->waiting) + ($this->unwritten === '' ? 0 : substr_count($this->unwritten, "\n", $this->written));
        [$this->waiting, $this->waitingBytes, $this->unwritten] = [[], 0, ''];
    }

    /** The characters of a line of the terminal. */
    public function columns(): int
    {
        return $this->width;
    }

    private function compose(): string
    {
        $this->changed = false;
        $lines = $this->waiting;
        if ($this->leftOut > 0 && !$this->isForPrograms) {
            array_unshift($lines, "... {$this->leftOut} lines left out");
        }
        [$whole, $taken] = [$this->whole, $this->taken + \count($this->waiting) - \count($lines)];
        $this->taken += \count($this->waiting);
        [$this->waiting, $this->whole, $this->waitingBytes, $this->leftOut] = [[], [], 0, 0];
        if (!$this->isTerminal) {
            return $lines === [] ? '' : implode("\n", $lines) . "\n";
        }
        $frame = $this->statusShown > 0 ? "\r\e[{$this->statusShown}A\e[J" : '';
        $status = \array_slice($this->status, 0, max(0, $this->height - 2));
        $this->statusShown = \count($status);
        foreach ([...$lines, ...$status] as $number => $line) {
            $frame .= (isset($whole[$taken + $number]) && $number < \count($lines) ? $line : self::cut($line, $this->width - 1)) . "\n";
        }

        return $frame;
    }

    private function measure(): void
    {
        if (!$this->isTerminal) {
            return;
        }
        $size = explode(' ', (string) @exec('stty size 2>/dev/null </dev/tty'));
        [$height, $width] = [(int) $size[0], (int) ($size[1] ?? 0)];
        [$this->height, $this->width] = [$height > 0 ? $height : 24, $width > 0 ? $width : 80];
        $this->changed = true;
    }

    /** The first so many characters; colours take no room and are ended. */
    private static function cut(string $line, int $width): string
    {
        if (\strlen($line) <= $width) {
            return $line;
        }
        [$cut, $room] = ['', $width];
        preg_match_all('/\e\[\d*m|./us', $line, $parts);
        foreach ($parts[0] as $part) {
            if ($part[0] !== "\e" && $room-- <= 0) {
                return str_contains($line, "\e") ? "$cut\e[0m" : $cut;
            }
            $cut .= $part;
        }

        return $cut;
    }
}
