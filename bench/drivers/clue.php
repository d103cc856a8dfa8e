<?php

declare(strict_types=1);

// clue/ami-react, as its README shows: a client of the Factory on ReactPHP's default loop (which is stream_select() unless
// ext-ev, ext-event or ext-uv is loaded), its "event" event, an ActionSender. It has no listening by name.

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\Bench\Support\PeerDriver;
use Apn\AmiClient\Bench\Support\Tally;
use Apn\AmiClient\Bench\Support\Work;
use Clue\React\Ami\ActionSender;
use Clue\React\Ami\Client;
use Clue\React\Ami\Factory;
use Clue\React\Ami\Protocol\Event;
use React\EventLoop\Loop;

require __DIR__ . '/../Support/autoload.php';

final class Clue extends PeerDriver
{
    protected function flood(Work $work, Tally $tally): void
    {
        // The loop is ended by who hears the last event: a comparison more than in the other clients.
        $listener = match ($work) {
            Work::Three => static function (Event $event) use ($tally): void {
                $tally->sum += (int) $event->getFieldValue('Seq');
                $tally->size += \strlen($event->getFieldValue('UserEvent') . $event->getFieldValue('Uniqueid'));
                if (++$tally->events === $tally->goal) {
                    Loop::stop();
                }
            },
            Work::All => static function (Event $event) use ($tally): void {
                $headers = $event->getFields();
                $tally->sum += \is_string($seq = $headers['Seq'] ?? null) ? (int) $seq : 0;
                $tally->size += \count($headers);
                if (++$tally->events === $tally->goal) {
                    Loop::stop();
                }
            },
            default => static function (Event $event) use ($tally): void {
                if (++$tally->events === $tally->goal) {
                    Loop::stop();
                }
            },
        };
        $this->session(true, static function (Client $client) use ($listener): void {
            $client->on('event', $listener);
        }, $tally);
    }

    protected function hearsAll(Work $work): bool
    {
        return true;
    }

    protected function pings(int $count): array
    {
        $times = [];
        $this->session(false, static fn() => null, null, static function (ActionSender $sender) use ($count, &$times): void {
            $next = static function () use (&$next, $sender, $count, &$times): void {
                $start = hrtime(true);
                $sender->ping()->then(static function () use (&$next, $start, $count, &$times): void {
                    $times[] = (int) (hrtime(true) - $start);
                    \count($times) < $count ? $next() : Loop::stop();
                });
            };
            $next();
        });

        return $times;
    }

    /**
     * @param \Closure(Client): mixed $prepare before the login, so that no event is missed
     * @param (\Closure(ActionSender): void)|null $then after the login
     */
    private function session(bool $events, \Closure $prepare, ?Tally $tally, ?\Closure $then = null): void
    {
        $connection = null;
        $failure = null;
        $fail = static function (\Throwable $error) use (&$failure): void {
            $failure = $error;
            Loop::stop();
        };
        (new Factory())->createClient("127.0.0.1:$this->port")->then(static function (Client $client) use (&$connection, $events, $prepare, $then, $fail): void {
            $connection = $client;
            $client->on('error', $fail);
            $prepare($client);
            $sender = new ActionSender($client);
            $sender->login(self::USERNAME, self::SECRET, $events)->then(static fn() => $then === null ? null : $then($sender), $fail);
        }, $fail);
        $guard = $tally === null ? null : Loop::addPeriodicTimer(0.5, static fn() => $tally->goesOn() ? null : Loop::stop());
        Loop::run();
        if ($guard !== null) {
            Loop::cancelTimer($guard);
        }
        $connection?->close();
        if ($failure !== null) {
            throw $failure;
        }
    }
}

Clue::load($argv);
