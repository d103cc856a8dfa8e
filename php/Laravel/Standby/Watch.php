<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Standby;

use Apn\AmiClient\Worker\LastSign;

/**
 * What one who stands by sees of the other's sign of life, by the clocks of its own machine.
 *
 * @internal
 */
final class Watch
{
    /** @var array<array-key, mixed>|null */
    private ?array $sign = null;

    /** When the sign was first seen as it is. */
    private float $seenAt = 0.0;

    /** When it was last seen otherwise, before: it was written after that. Null where it never changed. */
    private ?float $changedAfter = null;

    private ?float $lookedAt = null;

    /**
     * Takes a look.
     *
     * @param array<array-key, mixed>|null $sign null where there is none
     * @param string $own whose own sign says nothing
     * @param float $quietSeconds for how long a sign must have been the same
     * @param float $emptySeconds for how long there must have been none since the first look: within it, who is at work gives one
     *
     * @return bool whether nobody seems to be at work
     */
    public function look(?array $sign, string $own, float $now, float $quietSeconds, float $emptySeconds): bool
    {
        if ($this->lookedAt === null || $sign !== $this->sign) {
            $this->changedAfter = $this->lookedAt;
            [$this->sign, $this->seenAt] = [$sign, $now];
        }
        $this->lookedAt = $now;
        if ($sign === null && $this->changedAfter === null) {
            return $now - $this->seenAt >= $emptySeconds;
        }
        // One that vanished was cleared away with the cache, and who gave it may be there as before.
        if (($sign['has_left'] ?? null) === true || ($sign['owner'] ?? null) === $own) {
            return true;
        }

        return $now - $this->seenAt >= $quietSeconds;
    }

    /** What is known of the other one; null where there was none, or where it is one's own sign. */
    public function lastSign(string $own, float $now): ?LastSign
    {
        $sign = $this->sign;
        if ($sign === null || ($sign['owner'] ?? null) === $own) {
            return null;
        }
        $backlog = self::number($sign['backlog_seconds'] ?? null);
        $host = \is_string($sign['host'] ?? null) ? $sign['host'] : '?';
        // What was written after the look before, by this machine's clock; or what the other machine's clock said.
        $from = $this->changedAfter === null ? self::number($sign['at'] ?? null) : microtime(true) - ($now - $this->changedAfter);

        return new LastSign(
            $host . ':' . (\is_int($sign['pid'] ?? null) ? $sign['pid'] : '?'),
            $from - $backlog,
            ($sign['has_left'] ?? null) === true,
            $this->changedAfter === null && $host !== (string) gethostname(),
        );
    }

    private static function number(mixed $value): float
    {
        return \is_int($value) || \is_float($value) ? (float) $value : 0.0;
    }
}
