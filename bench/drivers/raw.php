<?php

declare(strict_types=1);

// PHP's own fread(), which throws everything away, and a Ping by fwrite() and fgets(). It looks at nothing but the end of
// what it read, where the flood says how many events there were.

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\Bench\Support\Driver;
use Apn\AmiClient\Bench\Support\RawSession;
use Apn\AmiClient\Bench\Support\Tally;
use Apn\AmiClient\Bench\Support\Work;

require __DIR__ . '/../Support/autoload.php';

final class Raw extends Driver
{
    private const int CHUNK = 1 << 18;

    /** What the simulator says at the end of its flood. */
    private const string END = "UserEvent: FloodDone\r\nCount: ";

    protected function flood(Work $work, Tally $tally): void
    {
        if ($work === Work::First) {
            $this->first($tally);

            return;
        }
        $socket = RawSession::open($this->port, 'on');
        $tail = '';
        do {
            $read = (string) fread($socket, self::CHUNK);
            // What the end says may come in two pieces.
            $tail = substr(\strlen($read) < 64 ? $tail . $read : $read, -64);
            $end = strpos($tail, self::END);
        } while ($read !== '' && ($end === false || !str_ends_with($tail, "\r\n\r\n")));
        $tally->events = $end === false ? 0 : 1 + (int) substr($tail, $end + \strlen(self::END));
    }

    protected function hearsAll(Work $work): bool
    {
        return false;
    }

    protected function pings(int $count): array
    {
        $socket = RawSession::open($this->port, 'off');
        $times = [];
        for ($i = 0; $i < $count; $i++) {
            $start = hrtime(true);
            RawSession::ping($socket, "raw:$i");
            $times[] = (int) (hrtime(true) - $start);
        }

        return $times;
    }

    private function first(Tally $tally): void
    {
        $socket = RawSession::open($this->port, 'on');
        while (($line = fgets($socket)) !== false && $tally->goesOn()) {
            $tally->events += (int) ($line === "UserEvent: Flood\r\n");
        }
    }
}

Raw::main($argv);
