<?php

declare(strict_types=1);

// marcelog/pami, as its README and quick start show: ClientImpl, a closure as listener, process() again and again. The quick
// start sleeps 1 ms between two calls of process(), which reads 8 KiB at most: this would be the limit of everything. Here
// it does not sleep, which is as fast as PAMI can be. A Ping cannot do without the sleep, as it is within send().

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\Bench\Support\PeerDriver;
use Apn\AmiClient\Bench\Support\Tally;
use Apn\AmiClient\Bench\Support\Work;
use PAMI\Client\Impl\ClientImpl;
use PAMI\Message\Action\PingAction;
use PAMI\Message\Event\EventMessage;

require __DIR__ . '/../Support/autoload.php';

final class Pami extends PeerDriver
{
    protected function flood(Work $work, Tally $tally): void
    {
        $client = $this->client('on');
        $client->registerEventListener(match ($work) {
            Work::Three => static function (EventMessage $event) use ($tally): void {
                ++$tally->events;
                $tally->sum += (int) $event->getKey('Seq');
                $tally->size += \strlen($event->getKey('UserEvent') . $event->getKey('Uniqueid'));
            },
            Work::All => static function (EventMessage $event) use ($tally): void {
                ++$tally->events;
                $headers = $event->getKeys();
                $tally->sum += (int) ($headers['seq'] ?? 0);
                $tally->size += \count($headers);
            },
            default => static function (EventMessage $event) use ($tally): void {
                ++$tally->events;
            },
        });
        $client->open();
        while ($tally->goesOn()) {
            $client->process();
        }
        $client->close();
    }

    protected function hearsAll(Work $work): bool
    {
        return true;
    }

    protected function pings(int $count): array
    {
        $client = $this->client('off');
        $client->open();
        $times = [];
        for ($i = 0; $i < $count; $i++) {
            $start = hrtime(true);
            $client->send(new PingAction());
            $times[] = (int) (hrtime(true) - $start);
        }
        $client->close();

        return $times;
    }

    private function client(string $events): ClientImpl
    {
        return new ClientImpl([
            'host' => '127.0.0.1',
            'scheme' => 'tcp://',
            'port' => $this->port,
            'username' => self::USERNAME,
            'secret' => self::SECRET,
            'connect_timeout' => 10,
            // Not seconds: how often send() looks for an answer, a millisecond apart.
            'read_timeout' => 10_000,
            'event_mask' => $events,
        ]);
    }
}

Pami::load($argv);
