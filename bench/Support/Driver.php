<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/**
 * One client, in a process of its own. Each file in drivers/ is a program that runs one:
 *
 *   php drivers/NAME.php WORK PORT NUMBER [AUTOLOADER]
 *
 * NUMBER is that of the events of the flood, of the Pings, or of the connections. It prints one line of JSON.
 */
abstract class Driver
{
    public const string USERNAME = 'dialer';

    public const string SECRET = 's3cret';

    /** Pings before those that count, for what a process does only once. */
    private const int WARM_UP = 50;

    /** What an event of the flood has: 19 headers; and in the three headers, Seq apart, 19 bytes. */
    private const int SIZE = 19;

    /** The same of FloodDone, which ends it: its headers; and "FloodDone" with its Uniqueid. */
    private const array SIZE_OF_LAST = ['all' => 18, 'three' => 23];

    /** Headers of FullyBooted. */
    private const int SIZE_OF_FIRST = 5;

    final protected function __construct(protected readonly int $port) {}

    /** Connects, logs in, reads until the tally says that it is over, and disconnects. */
    abstract protected function flood(Work $work, Tally $tally): void;

    /** Whether this client hears FullyBooted, too, which comes before the flood: it does where there is no listening by name. */
    abstract protected function hearsAll(Work $work): bool;

    /** @return list<int> nanoseconds of each Ping; the events of the session are off */
    abstract protected function pings(int $count): array;

    /** @param list<string> $arguments those of the program */
    final public static function main(array $arguments): never
    {
        $work = Work::from($arguments[1] ?? '');
        $driver = new static((int) ($arguments[2] ?? 0));
        $number = (int) ($arguments[3] ?? 0);
        $result = match ($work) {
            Work::Ping => ['times' => \array_slice($driver->pings(self::WARM_UP + $number), self::WARM_UP)],
            Work::First => ['times' => $driver->firsts($number)],
            default => $driver->whole($work, $number),
        };
        $jit = \function_exists('opcache_get_status') ? opcache_get_status(false) : false;
        echo json_encode($result + [
            'jit' => \is_array($jit) && \is_array($jit['jit'] ?? null) && ($jit['jit']['on'] ?? false) === true,
            'peak' => Machine::peakBytes(),
        ], JSON_THROW_ON_ERROR), "\n";
        exit(0);
    }

    /** @return array{seconds: float, cpu: float, heard: int, isExact: bool} */
    private function whole(Work $work, int $events): array
    {
        // The last one is FloodDone: whoever has lost none has heard exactly these when it comes.
        $others = 1 + (int) $this->hearsAll($work);
        $tally = new Tally($events + $others);
        [$start, $cpu] = [hrtime(true), Machine::cpuSeconds()];
        $this->flood($work, $tally);
        [$end, $cpu] = [$tally->stuckSince ?? hrtime(true), Machine::cpuSeconds() - $cpu];
        $isExact = match ($work) {
            Work::Three, Work::All => $tally->sum === intdiv($events * ($events - 1), 2)
                && $tally->size === self::SIZE * $events + self::SIZE_OF_LAST[$work->value]
                    + ($work === Work::All && $this->hearsAll($work) ? self::SIZE_OF_FIRST : 0),
            default => true,
        };

        return ['seconds' => ($end - $start) / 1e9, 'cpu' => $cpu, 'heard' => $tally->events - $others, 'isExact' => $isExact];
    }

    /** @return list<int> nanoseconds from before the connection to the end of the tick that brought an event */
    private function firsts(int $connections): array
    {
        $times = [];
        for ($i = 0; $i < $connections; $i++) {
            $tally = new Tally(1 + (int) $this->hearsAll(Work::First));
            $start = hrtime(true);
            $this->flood(Work::First, $tally);
            $tally->events >= $tally->goal || throw new \RuntimeException('no event came');
            $times[] = (int) (hrtime(true) - $start);
        }

        return $times;
    }
}
