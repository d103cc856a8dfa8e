<?php

declare(strict_types=1);

namespace Apn\AmiClient\Log;

use Apn\AmiClient\Redactor;
use Monolog\Formatter\FormatterInterface;
use Monolog\Handler\AbstractProcessingHandler;
use Monolog\Level;
use Monolog\LogRecord;
use Psr\Log\LogLevel;

/**
 * A handler for Monolog 3 that writes as JsonLinesLogger does: lines of JSON, never waiting for the stream.
 *
 * Another formatter may be set; what it makes is written as one line.
 */
final class JsonLinesHandler extends AbstractProcessingHandler
{
    /** Seconds that close() takes at most for what still waits. */
    private const float LAST_SECONDS = 0.5;

    private readonly LineWriter $writer;

    /**
     * @param mixed $stream a path, also `php://stderr` and `php://stdout`, or an open stream
     * @param value-of<Level::VALUES>|value-of<Level::NAMES>|LogLevel::*|Level $level records under it are left out
     * @param Redactor|null $redactor what hides secrets; null for the built-in rules
     */
    public function __construct(
        mixed $stream = 'php://stderr',
        int|string|Level $level = Level::Debug,
        bool $bubble = true,
        private readonly ?Redactor $redactor = null,
        int $bufferBytes = LineWriter::BUFFER_BYTES,
    ) {
        parent::__construct($level, $bubble);
        $line = new JsonLine($redactor ?? new Redactor());
        $this->writer = new LineWriter($stream, static fn(int $dropped): string => $line->encode(
            new \DateTimeImmutable(),
            LogLevel::WARNING,
            'log lines were dropped: the stream takes them too slowly or not at all',
            ['dropped' => $dropped, 'worker_pid' => getmypid()],
        ), $bufferBytes);
    }

    /** Waits at most so many seconds until all lines are written; 0 writes what the stream takes now. Tells whether all are. */
    public function flush(float $seconds = 0.0): bool
    {
        return $this->writer->flush($seconds);
    }

    /** Opens a path anew: for who rotates logs by moving the file. */
    public function reopen(): void
    {
        $this->writer->reopen();
    }

    /** Lines that were dropped so far. */
    public function droppedLines(): int
    {
        return $this->writer->droppedLines();
    }

    public function close(): void
    {
        $this->writer->flush(self::LAST_SECONDS);
        parent::close();
    }

    protected function write(LogRecord $record): void
    {
        $this->writer->write(rtrim(\is_string($record->formatted) ? $record->formatted : '', "\r\n"));
    }

    protected function getDefaultFormatter(): FormatterInterface
    {
        return new JsonLinesFormatter($this->redactor ?? new Redactor());
    }
}
