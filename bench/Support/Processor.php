<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/**
 * How long processes were ready to run and had no processor, as Linux counts it: on a machine that others use, the part of
 * a delay that is theirs.
 */
final readonly class Processor
{
    /** @var list<string> */
    private array $files;

    public function __construct(int ...$processes)
    {
        $files = [];
        foreach ($processes as $process) {
            // Of each thread: the file of the process is that of its first one.
            $threads = glob("/proc/$process/task/*/schedstat");
            array_push($files, ...($threads === false ? [] : $threads));
        }
        $this->files = $files;
    }

    /** Milliseconds, all threads added up; 0 where the system does not tell. */
    public function waited(): float
    {
        $nanoseconds = 0;
        foreach ($this->files as $file) {
            $nanoseconds += (int) (explode(' ', (string) @file_get_contents($file))[1] ?? 0);
        }

        return $nanoseconds / 1e6;
    }
}
