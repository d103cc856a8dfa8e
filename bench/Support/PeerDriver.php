<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** A client that is not ours: its classes come from the autoloader that the program is given. */
abstract class PeerDriver extends Driver
{
    /** @param list<string> $arguments */
    final public static function load(array $arguments): never
    {
        // Some are older than what PHP 8 deprecates; saying so a million times would be what is measured.
        error_reporting(E_ALL & ~E_DEPRECATED);
        require $arguments[4] ?? throw new \RuntimeException('no autoloader was named');
        static::main($arguments);
    }
}
