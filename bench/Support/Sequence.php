<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/**
 * The events of one flood as one listener gets them: whether in order and under the right names, and what is missing.
 *
 * A flood numbers its events from 0, and its names take turns, so a number tells the name.
 */
final class Sequence
{
    /** @var array<string, int> */
    public array $delivered;

    /** Events out of order, doubled, or under a name that has not this number. */
    public private(set) int $wrong = 0;

    /** Events that were listened to and did not come, between those that did. */
    public private(set) int $holes = 0;

    /** How many the flood says there were, once it is over. */
    public private(set) ?int $announced = null;

    /** The number that comes next. */
    private int $next = 0;

    /**
     * @param list<string> $names in turn
     * @param int $heard how many of them, the first ones, are listened to
     */
    public function __construct(private readonly array $names, private readonly int $heard)
    {
        $this->delivered = array_fill_keys(\array_slice($names, 0, $heard), 0);
    }

    public function took(string $name, int $number): void
    {
        if ($number < $this->next || $this->names[$number % \count($this->names)] !== $name || !isset($this->delivered[$name])) {
            $this->wrong++;

            return;
        }
        $this->skipTo($number);
        $this->next = $number + 1;
        $this->delivered[$name]++;
    }

    /** The flood is over. */
    public function ended(int $count): void
    {
        $this->announced = $count;
        $this->skipTo($count);
    }

    public function count(): int
    {
        return array_sum($this->delivered);
    }

    /** @return array<string, int> what of so many events has each name */
    public function byName(int $count): array
    {
        $sent = [];
        foreach ($this->names as $place => $name) {
            $sent[$name] = intdiv($count - $place + \count($this->names) - 1, \count($this->names));
        }

        return $sent;
    }

    private function skipTo(int $number): void
    {
        $this->holes += max(0, $this->heardBelow($number) - $this->heardBelow($this->next));
    }

    /** How many events with a lower number are listened to. */
    private function heardBelow(int $number): int
    {
        return intdiv($number, \count($this->names)) * $this->heard + min($number % \count($this->names), $this->heard);
    }
}
