<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/**
 * Prints figures against their bounds, and remembers whether all were kept.
 *
 * There are bounds of two kinds. Counts are exact, on any machine and whatever else it does. Times and memory are meant for a
 * release build on a machine that has the time: tests, which have neither, print them only (`--judge=counts`).
 */
final class Sheet
{
    private bool $isGood = true;

    public function __construct(private readonly bool $judgesAll = true) {}

    public static function of(Arguments $arguments): self
    {
        return new self(match ($judge = $arguments->text('judge') ?? 'all') {
            'all' => true,
            'counts' => false,
            default => throw new \InvalidArgumentException("--judge is all or counts: $judge"),
        });
    }

    public function figure(string $what, string $figure): void
    {
        printf("  %-54s %18s\n", $what, $figure);
    }

    /** A bound that holds anywhere. */
    public function exact(string $what, string $figure, bool $isKept, string $bound): void
    {
        $this->isGood = $this->isGood && $isKept;
        printf("  %-54s %18s  %-22s %s\n", $what, $figure, $bound, $isKept ? 'kept' : 'MISSED');
    }

    /** A bound of time or memory. */
    public function bound(string $what, string $figure, bool $isKept, string $bound): void
    {
        if ($this->judgesAll) {
            $this->exact($what, $figure, $isKept, $bound);
        } else {
            printf("  %-54s %18s  %-22s %s\n", $what, $figure, $bound, 'not judged');
        }
    }

    /** @param list<string> $failures of a judgement of memory */
    public function judged(string $what, string $bound, array $failures): void
    {
        $this->bound($what, $failures === [] ? 'yes' : 'no', $failures === [], $bound);
        foreach ($failures as $failure) {
            echo "    $failure\n";
        }
    }

    /** For exit(). */
    public function status(): int
    {
        return $this->isGood ? 0 : 1;
    }
}
