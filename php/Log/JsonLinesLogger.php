<?php

declare(strict_types=1);

namespace Apn\AmiClient\Log;

use Apn\AmiClient\Redactor;
use Psr\Log\AbstractLogger;
use Psr\Log\InvalidArgumentException;
use Psr\Log\LogLevel;

/**
 * A PSR-3 logger that writes one line of JSON a record and never waits for whoever reads them.
 *
 * What its stream does not take waits in here until the next record, or until flush(), which the worker calls after each tick.
 * See LineWriter for what becomes of streams that are full, broken or shared.
 */
final class JsonLinesLogger extends AbstractLogger
{
    private const array LEVELS = [
        LogLevel::DEBUG, LogLevel::INFO, LogLevel::NOTICE, LogLevel::WARNING,
        LogLevel::ERROR, LogLevel::CRITICAL, LogLevel::ALERT, LogLevel::EMERGENCY,
    ];

    /** Seconds that an end without flush() takes at most for what still waits. */
    private const float LAST_SECONDS = 0.5;

    private readonly LineWriter $writer;

    private readonly JsonLine $line;

    private readonly int $least;

    /**
     * @param mixed $stream a path, also `php://stderr` and `php://stdout`, or an open stream
     * @param string $level records under it are left out
     * @param Redactor|null $redactor what hides secrets; null for the built-in rules
     * @param int $bufferBytes bytes of lines that wait at most
     */
    public function __construct(
        mixed $stream = 'php://stderr',
        string $level = LogLevel::INFO,
        ?Redactor $redactor = null,
        int $bufferBytes = LineWriter::BUFFER_BYTES,
    ) {
        $this->least = self::rank($level);
        $this->line = $line = new JsonLine($redactor ?? new Redactor());
        $this->writer = new LineWriter($stream, static fn(int $dropped): string => $line->encode(
            new \DateTimeImmutable(),
            LogLevel::WARNING,
            'log lines were dropped: the stream takes them too slowly or not at all',
            ['dropped' => $dropped, 'worker_pid' => getmypid()],
        ), $bufferBytes);
    }

    public function __destruct()
    {
        $this->writer->flush(self::LAST_SECONDS);
    }

    /**
     * @param mixed $level a level of PSR-3; others are refused, as PSR-3 wants it
     * @param array<array-key, mixed> $context
     */
    public function log($level, string|\Stringable $message, array $context = []): void
    {
        $rank = self::rank($level);
        if ($rank >= $this->least) {
            $this->writer->write($this->line->encode(self::when($context), self::LEVELS[$rank], (string) $message, $context));
        }
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

    /**
     * When it happened, where the client says so, which keeps records until the end of a tick.
     *
     * @param array<array-key, mixed> $context
     */
    private static function when(array $context): \DateTimeImmutable
    {
        $millis = $context['timestamp_ms'] ?? null;
        $time = \is_int($millis) && $millis >= 0 ? \DateTimeImmutable::createFromFormat('U.v', sprintf('%d.%03d', intdiv($millis, 1000), $millis % 1000)) : false;

        return $time === false ? new \DateTimeImmutable() : $time;
    }

    /** @return key-of<self::LEVELS> */
    private static function rank(mixed $level): int
    {
        $rank = array_search($level, self::LEVELS, true);

        if ($rank === false) {
            throw new InvalidArgumentException((\is_string($level) ? "\"$level\"" : get_debug_type($level)) . ' is no level of PSR-3');
        }

        return $rank;
    }
}
