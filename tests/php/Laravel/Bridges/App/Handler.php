<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges\App;

use Apn\AmiClient\Bridge\EventPayload;

/** An application's own handler of a stream. */
final class Handler
{
    /** @var list<string> names */
    public static array $handled = [];

    public function handle(EventPayload $payload): void
    {
        self::$handled[] = $payload->name;
    }
}
