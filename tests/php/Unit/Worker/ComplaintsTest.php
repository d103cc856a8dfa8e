<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

use Apn\AmiClient\Worker\Complaints;
use PHPUnit\Framework\TestCase;
use Psr\Log\AbstractLogger;

final class ComplaintsTest extends TestCase
{
    private float $now = 0.0;

    /** @var list<int> */
    private array $times = [];

    public function test_an_hour_of_the_same_trouble_is_some_seventy_records_that_count_each_time(): void
    {
        $complaints = $this->complaints();
        for ($second = 0; $second < 3600; $second++) {
            $this->now = $second;
            $complaints->add('redis', 'it failed', new \RuntimeException('gone'));
        }
        $complaints->finish();

        self::assertSame([1, 1, 2, 4, 8, 16, 32, 60, 60], \array_slice($this->times, 0, 9));
        self::assertLessThan(70, \count($this->times));
        self::assertSame(3600, array_sum($this->times));
    }

    public function test_each_cause_has_a_clock_of_its_own_and_what_comes_back_after_a_while_is_told_at_once(): void
    {
        $complaints = $this->complaints();
        foreach ([0.0, 1.0, 2.0, 3.0, 400.0, 401.0] as $this->now) {
            $complaints->add('redis', 'it failed', new \RuntimeException('gone'));
        }
        $complaints->add('cache', 'it failed', new \RuntimeException('gone'));

        self::assertSame([1, 1, 2, 1, 1, 1], $this->times);
    }

    private function complaints(): Complaints
    {
        $logger = new class (function (int $times): void {
            $this->times[] = $times;
        }) extends AbstractLogger {
            /** @param \Closure(int): void $keep */
            public function __construct(private readonly \Closure $keep) {}

            public function log($level, string|\Stringable $message, array $context = []): void
            {
                \assert(\is_int($context['times']));
                ($this->keep)($context['times']);
            }
        };

        return new Complaints(fn(): float => $this->now, $logger);
    }
}
