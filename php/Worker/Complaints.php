<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

use Psr\Log\LoggerInterface;

/**
 * What goes wrong around a loop that turns a thousand times a second: logged at most once a second for
 * each cause, and less and less often, down to once a minute, while it lasts; with a count.
 *
 * @internal
 */
final class Complaints
{
    /** Between two records of one cause: at first, and at most, where it comes up again and again for hours. */
    private const float INTERVAL_SECONDS = 1.0;

    private const float LONGEST_INTERVAL_SECONDS = 60.0;

    /** @var array<string, float> when each cause was last told */
    private array $toldAt = [];

    /** @var array<string, float> how long each is not told again from then on */
    private array $intervals = [];

    /** @var array<string, int> how often it came up since */
    private array $untold = [];

    /** @param \Closure(): float $now seconds of a clock that nobody sets */
    public function __construct(private readonly \Closure $now, private readonly ?LoggerInterface $logger) {}

    /**
     * @param string $cause few and fixed: each has a clock of its own
     * @param array<string, mixed> $context
     */
    public function add(string $cause, string $message, \Throwable $thrown, array $context = []): void
    {
        $this->untold[$cause] = ($this->untold[$cause] ?? 0) + 1;
        $now = ($this->now)();
        $since = $now - ($this->toldAt[$cause] ?? -INF);
        $interval = $this->intervals[$cause] ?? self::INTERVAL_SECONDS;
        if ($since < $interval) {
            return;
        }
        $this->toldAt[$cause] = $now;
        $this->intervals[$cause] = $since < 2 * self::LONGEST_INTERVAL_SECONDS ? min(2 * $interval, self::LONGEST_INTERVAL_SECONDS) : self::INTERVAL_SECONDS;
        $this->log('error', $message, [...$context, 'exception' => $thrown, 'times' => $this->untold[$cause]]);
        $this->untold[$cause] = 0;
    }

    /** What was counted and not told yet, at the end. */
    public function finish(): void
    {
        foreach (array_filter($this->untold, static fn(int $times): bool => $times > 0) as $cause => $times) {
            $this->log('error', 'the same came up again after it was last logged', ['cause' => $cause, 'times' => $times]);
        }
        $this->untold = [];
    }

    /**
     * A logger that throws must cost the servers nothing.
     *
     * @param array<string, mixed> $context
     */
    public function log(string $level, string $message, array $context = []): void
    {
        try {
            $this->logger?->log($level, $message, ['worker_pid' => getmypid(), ...$context]);
        } catch (\Throwable $thrown) {
            error_log('apn/ami-client: the logger of the worker threw ' . $thrown::class);
        }
    }
}
