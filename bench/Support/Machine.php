<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** What figures depend on, as Linux tells it. */
final class Machine
{
    /** In a line. */
    public static function describe(): string
    {
        $cores = substr_count((string) @file_get_contents('/proc/cpuinfo'), "processor\t");

        return self::processor() . ", $cores cores, " . php_uname('s') . ' ' . preg_replace('/^[\d.]+\K.*/', '', php_uname('r')) . ', PHP ' . PHP_VERSION;
    }

    public static function processor(): string
    {
        return preg_match('/^model name\s*:\s*(.+)$/m', (string) @file_get_contents('/proc/cpuinfo'), $match) === 1 ? $match[1] : php_uname('m');
    }

    public static function load(): float
    {
        return sys_getloadavg()[0] ?? NAN;
    }

    /** Processor time of this process. */
    public static function cpuSeconds(): float
    {
        /** @var array<string, int> $usage */
        $usage = (array) getrusage();

        return $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'] + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
    }

    /** The most memory that this process had resident. */
    public static function peakBytes(): int
    {
        return self::status('VmHWM');
    }

    public static function residentBytes(): int
    {
        return self::status('VmRSS');
    }

    private static function status(string $key): int
    {
        return preg_match("/^$key:\\s+(\\d+) kB/m", (string) @file_get_contents('/proc/self/status'), $match) === 1 ? (int) $match[1] * 1024 : 0;
    }
}
