<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** What a client is measured at. */
enum Work: string
{
    case Nothing = 'nothing';
    case Count = 'count';
    case Three = 'three';
    case All = 'all';
    case Ping = 'ping';
    case First = 'first';


    public function title(): string
    {
        return match ($this) {
            self::Nothing => 'events that nobody listens to',
            self::Count => 'an empty listener',
            self::Three => 'three headers read',
            self::All => 'all headers as an array',
            self::Ping => 'Ping there and back',
            self::First => 'from connecting to the first event',
        };
    }
}
