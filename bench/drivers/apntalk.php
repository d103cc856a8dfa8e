<?php

declare(strict_types=1);

// apntalk/ami-client, as its usage guide shows for plain PHP: ConfigLoader, a listener by name, tickAll().

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\Bench\Support\PeerDriver;
use Apn\AmiClient\Bench\Support\Tally;
use Apn\AmiClient\Bench\Support\Work;
use Apn\AmiClient\Cluster\AmiClientManager;
use Apn\AmiClient\Cluster\ConfigLoader;
use Apn\AmiClient\Events\AmiEvent;
use Apn\AmiClient\Health\HealthStatus;
use Apn\AmiClient\Protocol\Ping;
use Psr\Log\NullLogger;

require __DIR__ . '/../Support/autoload.php';

final class Apntalk extends PeerDriver
{
    /** As its guide and its configuration have it. */
    private const int TICK_MS = 25;

    /**
     * The default, 1 MiB, does not survive a flood: a tick parses 1,000 frames at most, so the buffer of the parser runs full,
     * and the connection is given up. Of 8 KiB to 1 MiB the least was the fastest.
     */
    private const int READ_BYTES = 8192;

    protected function flood(Work $work, Tally $tally): void
    {
        $manager = $this->manager();
        $listener = match ($work) {
            Work::Three => static function (AmiEvent $event) use ($tally): void {
                ++$tally->events;
                $tally->sum += (int) $event->getHeader('Seq');
                $tally->size += \strlen($event->getHeader('UserEvent') . $event->getHeader('Uniqueid'));
            },
            Work::All => static function (AmiEvent $event) use ($tally): void {
                ++$tally->events;
                $headers = $event->event->getHeaders();
                $tally->sum += \is_string($seq = $headers['seq'] ?? null) ? (int) $seq : 0;
                $tally->size += \count($headers);
            },
            default => static function (AmiEvent $event) use ($tally): void {
                ++$tally->events;
            },
        };
        if ($work !== Work::Nothing) {
            $manager->onEvent('UserEvent', $listener);
        }
        $manager->connectAll();
        while ($tally->goesOn()) {
            $summary = $manager->tickAll(self::TICK_MS);
            if ($work === Work::Nothing) {
                $tally->events += $summary->eventsDispatched;
            }
        }
        $manager->terminate();
    }

    protected function hearsAll(Work $work): bool
    {
        return $work === Work::Nothing;
    }

    protected function pings(int $count): array
    {
        $manager = $this->manager();
        $client = $manager->default();
        while ($client->getHealthStatus() !== HealthStatus::READY) {
            $manager->tickAll(self::TICK_MS);
        }
        $times = [];
        for ($i = 0; $i < $count; $i++) {
            $isDone = false;
            $start = hrtime(true);
            $client->send(new Ping())->onComplete(static function (?\Throwable $error) use (&$isDone): void {
                if ($error !== null) {
                    throw $error;
                }
                $isDone = true;
            });
            while (!$isDone) {
                $manager->tickAll(self::TICK_MS);
            }
            $times[] = (int) (hrtime(true) - $start);
        }
        $manager->terminate();

        return $times;
    }

    private function manager(): AmiClientManager
    {
        return ConfigLoader::load([
            'default' => 'pbx1',
            'servers' => ['pbx1' => ['host' => '127.0.0.1', 'port' => $this->port, 'username' => self::USERNAME, 'secret' => self::SECRET]],
            'options' => ['max_bytes_read_per_tick' => self::READ_BYTES],
        ], new NullLogger());
    }
}

Apntalk::load($argv);
