<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Tests\Support\Simulator;

/** A flood from the simulator through this client, with listeners that do more and more. */
final class PathOfAnEvent
{
    public const array WORKS = ['no listener', 'an empty listener', 'three headers', 'all headers as an array'];

    public const string EMPTY = 'an empty listener';

    /** What the listeners read, so that nothing of it can be left out. */
    public int $sum = 0;

    public function __construct(private readonly string $work) {}

    /** The simulator for it. */
    public static function simulator(int $events): Simulator
    {
        return new Simulator('--nodes', '1', '--calls', '0', '--flood', (string) $events);
    }

    /**
     * The whole flood, once.
     *
     * @return array{wall: float, user: float, system: float} nanoseconds an event, from the first tick that may read one to the
     *                                                        last; processor time is that of this process
     */
    public function run(int $port, int $events): array
    {
        $manager = AmiClientManager::fromConfig(['servers' => ['pbx' => ['host' => '127.0.0.1', 'port' => $port, 'username' => 'dialer', 'secret' => 's3cret']]]);
        $listener = $this->listener();
        if ($listener !== null) {
            $manager->onEvent('UserEvent', $listener);
        }
        $client = $manager->default();
        $client->open();
        while ($client->amiVersion() === null) {
            $manager->tickAll(100);
        }
        $seen = 0;
        [$before, $start] = [self::processorTime(), hrtime(true)];
        while ($seen < $events) {
            $summary = $manager->tickAll(250);
            $seen += $listener === null ? $summary->eventsUnheard : $summary->eventsDispatched;
            if ($summary->eventsDropped > 0) {
                throw new \RuntimeException("$summary->eventsDropped events were dropped");
            }
        }
        [$end, $after] = [hrtime(true), self::processorTime()];
        $manager->terminate();

        return [
            'wall' => ($end - $start) / $events,
            'user' => ($after[0] - $before[0]) / $events,
            'system' => ($after[1] - $before[1]) / $events,
        ];
    }

    /** @return (\Closure(AmiEvent): void)|null */
    private function listener(): ?\Closure
    {
        return match ($this->work) {
            'no listener' => null,
            self::EMPTY => static function (AmiEvent $event): void {},
            'three headers' => function (AmiEvent $event): void {
                $this->sum += \strlen($event->get('UserEvent') . $event->get('Seq') . $event->get('Uniqueid'));
            },
            'all headers as an array' => function (AmiEvent $event): void {
                $this->sum += \count($event->headers);
            },
            default => throw new \InvalidArgumentException("no such work: $this->work"),
        };
    }

    /** @return array{float, float} nanoseconds of this process outside of the kernel, and in it */
    private static function processorTime(): array
    {
        /** @var array<string, int> $usage */
        $usage = (array) getrusage();
        $nanoseconds = static fn(string $what): float => $usage["$what.tv_sec"] * 1e9 + $usage["$what.tv_usec"] * 1e3;

        return [$nanoseconds('ru_utime'), $nanoseconds('ru_stime')];
    }
}
