<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** What one process of a driver measured. */
final readonly class Sample
{
    /**
     * @param int $events that were sent
     * @param int $heard that were heard
     * @param bool $isExact the headers that were read add up, where they were read
     * @param int $peak most memory that was resident, in bytes
     * @param list<int> $times nanoseconds, where single exchanges were measured
     */
    public function __construct(
        public int $events = 0,
        public int $heard = 0,
        public bool $isExact = true,
        public float $seconds = NAN,
        public float $cpu = NAN,
        public int $peak = 0,
        public bool $hasJit = false,
        public array $times = [],
    ) {}

    /** From the line of JSON that a driver prints. */
    public static function fromJson(string $json, int $events): self
    {
        $of = json_decode($json, true, flags: JSON_THROW_ON_ERROR);
        if (!\is_array($of) || !\is_int($of['peak'] ?? null) || !\is_bool($of['jit'] ?? null)) {
            throw new \UnexpectedValueException("a driver printed: $json");
        }
        $number = static fn(string $key): float => is_numeric($of[$key] ?? null) ? (float) $of[$key] : NAN;

        return new self(
            $events,
            \is_int($of['heard'] ?? null) ? $of['heard'] : 0,
            ($of['isExact'] ?? true) === true,
            $number('seconds'),
            $number('cpu'),
            $of['peak'],
            $of['jit'],
            array_values(array_filter(\is_array($of['times'] ?? null) ? $of['times'] : [], is_int(...))),
        );
    }

    public function rate(): float
    {
        return $this->heard / $this->seconds;
    }
}
