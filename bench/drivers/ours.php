<?php

declare(strict_types=1);

// This client, as its README shows: default options, a listener by name, tickAll().

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Bench\Support\Driver;
use Apn\AmiClient\Bench\Support\Tally;
use Apn\AmiClient\Bench\Support\Work;
use Apn\AmiClient\GenericAction;

require __DIR__ . '/../Support/autoload.php';

final class Ours extends Driver
{
    protected function flood(Work $work, Tally $tally): void
    {
        $manager = $this->manager('on');
        $listener = match ($work) {
            Work::Three => static function (AmiEvent $event) use ($tally): void {
                ++$tally->events;
                $tally->sum += (int) $event->get('Seq');
                $tally->size += \strlen($event->get('UserEvent') . $event->get('Uniqueid'));
            },
            Work::All => static function (AmiEvent $event) use ($tally): void {
                ++$tally->events;
                $headers = $event->headers;
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
            $summary = $manager->tickAll(250);
            if ($work === Work::Nothing) {
                // Where nobody listens, the ticks say what they skipped.
                $tally->events += $summary->eventsUnheard;
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
        $manager = $this->manager('off');
        $client = $manager->default()->waitUntilReady();
        $times = [];
        for ($i = 0; $i < $count; $i++) {
            $start = hrtime(true);
            $client->call(new GenericAction('Ping'));
            $times[] = (int) (hrtime(true) - $start);
        }
        $manager->terminate();

        return $times;
    }

    private function manager(string $events): AmiClientManager
    {
        return AmiClientManager::fromConfig(['servers' => ['pbx1' => [
            'host' => '127.0.0.1',
            'port' => $this->port,
            'username' => self::USERNAME,
            'secret' => self::SECRET,
            'events' => $events,
        ]]]);
    }
}

Ours::main($argv);
