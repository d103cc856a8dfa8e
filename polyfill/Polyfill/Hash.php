<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

/**
 * Hashes of 64 bits, in PHP's integers that have a sign.
 *
 * @internal
 */
final class Hash
{
    /** 0xcbf29ce484222325 */
    private const int START = -3_750_763_034_362_895_579;

    /** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), or that of what was hashed before and this. */
    public static function fnv1a(string $bytes, int $hash = self::START): int
    {
        for ($at = 0; $at < \strlen($bytes); $at++) {
            $hash = self::product($hash ^ \ord($bytes[$at]), 0x100000001b3);
        }

        return $hash;
    }

    /** The finalizer of SplitMix64 (https://prng.di.unimi.it/splitmix64.c). */
    public static function mixed(int $hash): int
    {
        // 0xbf58476d1ce4e5b9 and 0x94d049bb133111eb
        $hash = self::product($hash ^ self::shifted($hash, 30), -4_658_895_280_553_007_687);
        $hash = self::product($hash ^ self::shifted($hash, 27), -7_723_592_293_110_705_685);

        return $hash ^ self::shifted($hash, 31);
    }

    /** The lower 64 bits of a product: PHP's own becomes a float. */
    private static function product(int $a, int $b): int
    {
        $of = static fn(int $number): array => [$number & 0xffff, ($number >> 16) & 0xffff, ($number >> 32) & 0xffff, ($number >> 48) & 0xffff];
        [$a0, $a1, $a2, $a3] = $of($a);
        [$b0, $b1, $b2, $b3] = $of($b);
        $r0 = $a0 * $b0;
        $r1 = $a0 * $b1 + $a1 * $b0 + ($r0 >> 16);
        $r2 = $a0 * $b2 + $a1 * $b1 + $a2 * $b0 + ($r1 >> 16);
        $r3 = $a0 * $b3 + $a1 * $b2 + $a2 * $b1 + $a3 * $b0 + ($r2 >> 16);

        return ($r0 & 0xffff) | (($r1 & 0xffff) << 16) | (($r2 & 0xffff) << 32) | (($r3 & 0xffff) << 48);
    }

    /** To the right, with zeros from the left. */
    private static function shifted(int $number, int $bits): int
    {
        return ($number >> $bits) & ((1 << (64 - $bits)) - 1);
    }
}
