<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** A work, with or without PHP's JIT: a row of the table. */
enum Row: string
{
    case Nothing = 'nothing';
    case Count = 'count';
    case Three = 'three';
    case All = 'all';
    case ThreePlain = 'three, JIT off';
    case Ping = 'ping';
    case First = 'first';

    /** The rows that are told in events a second. */
    public const array RATES = [self::Nothing, self::Count, self::Three, self::All, self::ThreePlain];

    public function work(): Work
    {
        return $this === self::ThreePlain ? Work::Three : Work::from($this->value);
    }

    public function withJit(): bool
    {
        return $this !== self::ThreePlain;
    }

    public function title(): string
    {
        return $this->work()->title() . ($this->withJit() ? '' : ', JIT off');
    }
}
