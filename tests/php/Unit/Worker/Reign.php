<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

use Apn\AmiClient\Worker\LastSign;
use Apn\AmiClient\Worker\Leadership;

/** A leadership that a test gives and takes. */
final class Reign implements Leadership
{
    public bool $isMine = false;

    /** Lost whenever asked, and to be had again at once. */
    public bool $isFickle = false;

    public float $leaseSeconds = 60.0;

    public ?LastSign $before = null;

    public int $released = 0;

    public ?\Throwable $trouble = null;

    public ?float $backlog = null;

    public function name(): string
    {
        return 'reign';
    }

    public function acquire(): bool
    {
        return $this->isMine;
    }

    public function hold(callable $backlogSeconds): bool
    {
        $this->backlog = $backlogSeconds();

        return $this->trouble === null ? $this->isMine && !$this->isFickle : throw $this->trouble;
    }

    public function leaseSeconds(): float
    {
        return $this->leaseSeconds;
    }

    public function lastSign(): ?LastSign
    {
        return $this->before;
    }

    public function release(float $backlogSeconds): void
    {
        $this->released++;
        $this->isMine = false;
    }
}
