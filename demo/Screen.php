<?php

declare(strict_types=1);

namespace Apn\AmiClient\Demo;

/**
 * Lines that scroll, and below them a few that stay and change: on a terminal. Elsewhere plain lines.
 *
 * A terminal may be slow, or stopped by Ctrl-S, and must not hold the connections up: lines wait here, at most so many,
 * and show() writes only what is taken at once. Escape codes that a server sends are not passed on.
 */
final class Screen
{
    private const int MOST_LINES = 1000;

    /** A pipe or a terminal that select() calls writable takes so many bytes at once. */
    private const int CHUNK = 4096;

    private const int MOST_CHUNKS = 16;

    public readonly bool $isTerminal;

    private int $width = 80;

    private int $height = 24;

    /** @var list<string> */
    private array $waiting = [];

    private int $leftOut = 0;

    /** @var list<string> */
    private array $status = [];

    private int $statusShown = 0;

    private bool $changed = false;

    private string $unwritten = '';

    /** Nobody looks any more, as after `| head`. */
    public private(set) bool $gone = false;

    /** @param resource $stream */
    public function __construct(private $stream)
    {
        $this->isTerminal = stream_isatty($stream) && getenv('TERM') !== 'dumb';
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

    /** Text of an exact width. */
    public static function cell(string $text, int $width): string
    {
        $text = self::cut(self::clean($text), $width);

        return $text . str_repeat(' ', max(0, $width - (int) preg_match_all('/./u', $text)));
    }

    /** Colours text where there are colours. */
    public function colour(string $text, int $code): string
    {
        return $this->isTerminal ? "\e[{$code}m$text\e[0m" : $text;
    }

    /** A line that scrolls. Where too many wait, the oldest go, and are counted. */
    public function line(string $text = ''): void
    {
        $this->waiting[] = $text;
        if (\count($this->waiting) > 2 * self::MOST_LINES) {
            $this->leftOut += self::MOST_LINES;
            $this->waiting = \array_slice($this->waiting, self::MOST_LINES);
        }
        $this->changed = true;
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
                $this->unwritten = $this->compose();
            }
            $read = $except = null;
            $write = [$this->stream];
            if (@stream_select($read, $write, $except, 0) !== 1) {
                return;
            }
            $written = @fwrite($this->stream, substr($this->unwritten, 0, self::CHUNK));
            if ($written === false) {
                $this->gone = true;

                return;
            }
            $this->unwritten = substr($this->unwritten, $written);
        }
    }

    /** Writes the rest, for so many seconds at most. */
    public function finish(float $seconds): void
    {
        $this->status = [];
        $this->changed = true;
        $deadline = hrtime(true) + (int) ($seconds * 1e9);
        while (($this->changed || $this->unwritten !== '') && !$this->gone && hrtime(true) < $deadline) {
            $this->show();
            $read = $except = null;
            $write = [$this->stream];
            @stream_select($read, $write, $except, 0, 20_000);
        }
    }

    private function compose(): string
    {
        $this->changed = false;
        $lines = $this->waiting;
        if ($this->leftOut > 0) {
            array_unshift($lines, "... {$this->leftOut} lines left out");
        }
        [$this->waiting, $this->leftOut] = [[], 0];
        if (!$this->isTerminal) {
            return $lines === [] ? '' : implode("\n", $lines) . "\n";
        }
        $frame = $this->statusShown > 0 ? "\r\e[{$this->statusShown}A\e[J" : '';
        $status = \array_slice($this->status, 0, max(0, $this->height - 2));
        $this->statusShown = \count($status);
        foreach ([...$lines, ...$status] as $line) {
            $frame .= self::cut($line, $this->width - 1) . "\n";
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
