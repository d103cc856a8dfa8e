<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bridge;

use Apn\AmiClient\AmiEvent;

/**
 * Numbers the payloads of this process, and remembers the latest one: an event reaches the listeners of several bridges one after
 * the other, and they share its payload and with it its id.
 *
 * @internal
 */
final class PayloadIds
{
    /** Bytes of chance in the name of a process: two processes of one system with the same one are not to be expected. */
    private const int INSTANCE_BYTES = 6;

    private static string $instance = '';

    private static int $pid = 0;

    private static int $number = 0;

    private static ?AmiEvent $event = null;

    private static ?EventPayload $payload = null;

    private function __construct() {}

    public static function next(string $serverKey): string
    {
        // A child of fork() has what its parent had.
        if (self::$pid !== ($pid = (int) getmypid())) {
            [self::$pid, self::$instance] = [$pid, bin2hex(random_bytes(self::INSTANCE_BYTES))];
        }

        return $serverKey . ':' . self::$instance . ':' . ++self::$number;
    }

    /** @param \Closure(AmiEvent): EventPayload $make */
    public static function payload(AmiEvent $event, \Closure $make): EventPayload
    {
        if (self::$payload === null || self::$event !== $event) {
            [self::$payload, self::$event] = [$make($event), $event];
        }

        return self::$payload;
    }
}
