<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

/**
 * An event or a response as the bytes that were sent: the rules of the extension's parser for a single frame.
 *
 * @internal
 */
final readonly class Frame
{
    private const string END_COMMAND = '--END COMMAND--';

    /** Lines among which `EventList` counts; further down it is part of a value. */
    private const int EVENT_LIST_LINES = 3;

    private function __construct(
        public string $bytes,
        public bool $isEvent,
        public string $name,
    ) {}

    /** Null where no line says what it is. */
    public static function parse(string $text): ?self
    {
        $bytes = rtrim($text, "\r\n");
        foreach (self::lines($bytes) as $line) {
            $header = self::header($line);
            $kind = $header === null ? '' : strtolower($header[0]);
            if ($header !== null && ($kind === 'event' || $kind === 'response')) {
                return new self($bytes, $kind === 'event', trim($header[1], " \t\n\r\f"));
            }
        }

        return null;
    }

    /** @return list<array{string, string}> names and values in the order sent */
    public function headers(): array
    {
        $headers = [];
        foreach (self::lines($this->isFollows() ? $this->splitFollows()[0] : $this->bytes) as $line) {
            $header = self::header($line);
            if ($header !== null) {
                $headers[] = $header;
            }
        }

        return $headers;
    }

    /** @return list<string> what a command printed */
    public function output(): array
    {
        if ($this->isFollows()) {
            $raw = $this->splitFollows()[1];

            return self::lines(str_ends_with($raw, self::END_COMMAND) ? substr($raw, 0, -\strlen(self::END_COMMAND)) : $raw);
        }
        $output = array_filter($this->headers(), static fn(array $header): bool => strcasecmp($header[0], 'Output') === 0);

        return array_column($output, 1);
    }

    public function eventList(): ?string
    {
        foreach (\array_slice($this->headers(), 0, self::EVENT_LIST_LINES) as [$name, $value]) {
            if (strcasecmp($name, 'EventList') === 0) {
                return $value;
            }
        }

        return null;
    }

    private function isFollows(): bool
    {
        return !$this->isEvent && strcasecmp($this->name, 'Follows') === 0;
    }

    /**
     * Nothing marks where the headers end: Asterisk writes at most these, each once and with the line end of the first line.
     *
     * @return array{string, string}
     */
    private function splitFollows(): array
    {
        if (preg_match('/\A[^\n]*?(\r?\n|\z)/', $this->bytes, $first) !== 1) {
            return [$this->bytes, ''];
        }
        $at = \strlen($first[0]);
        $expected = ['privilege', 'actionid', 'message'];
        while (preg_match('/\G([^\n]*?)(\r?\n|\z)/', $this->bytes, $line, 0, $at) === 1 && $line[0] !== '') {
            $known = array_search(strtolower(self::header($line[1])[0] ?? ''), $expected, true);
            if ($known === false || $line[2] !== $first[1]) {
                break;
            }
            unset($expected[$known]);
            $at += \strlen($line[0]);
        }

        return [substr($this->bytes, 0, $at), substr($this->bytes, $at)];
    }

    /** @return list<string> without their ends; a carriage return at the very end belongs to the last line */
    private static function lines(string $bytes): array
    {
        if ($bytes === '') {
            return [];
        }
        $lines = explode("\n", $bytes);
        $last = array_pop($lines);
        $lines = array_map(static fn(string $line): string => str_ends_with($line, "\r") ? substr($line, 0, -1) : $line, $lines);

        return $last === '' ? $lines : [...$lines, $last];
    }

    /** @return array{string, string}|null null for a folded line, and one without a colon or a name */
    private static function header(string $line): ?array
    {
        $colon = strpos($line, ':');
        if ($colon === false || $line[0] === ' ' || $line[0] === "\t") {
            return null;
        }
        $name = rtrim(substr($line, 0, $colon), " \t");
        $value = substr($line, $colon + 1);

        return $name === '' ? null : [$name, str_starts_with($value, ' ') ? substr($value, 1) : $value];
    }
}
