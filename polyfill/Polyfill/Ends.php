<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiMessage;
use Apn\AmiClient\AmiResponse;

/**
 * What of a message ends an action, as far as the message alone tells.
 *
 * @internal
 */
final class Ends
{
    public static function isResponse(AmiMessage $message): bool
    {
        return self::known($message) instanceof AmiResponse;
    }

    public static function isError(AmiMessage $message): bool
    {
        $message = self::known($message);

        return $message instanceof AmiResponse && !$message->isSuccess();
    }

    /** @param list<string> $names in lower case */
    public static function isEventOf(AmiMessage $message, array $names): bool
    {
        return $message instanceof AmiEvent && \in_array(strtolower($message->name), $names, true);
    }

    /** @param list<string> $names in lower case, for servers that do not say so by a header */
    public static function isEndOfList(AmiMessage $message, array $names): bool
    {
        if (!$message instanceof AmiEvent) {
            return false;
        }
        $says = Frame::parse($message->raw())?->eventList();
        if ($says !== null) {
            return \in_array(strtolower($says), ['complete', 'cancelled'], true);
        }

        return $names === [] ? str_ends_with(strtolower($message->name), 'complete') : self::isEventOf($message, $names);
    }

    private static function known(AmiMessage $message): AmiEvent|AmiResponse
    {
        return $message instanceof AmiEvent || $message instanceof AmiResponse
            ? $message
            : throw new \TypeError('Argument #1 ($message) must be of type ' . AmiMessage::class . ', ' . $message::class . ' given');
    }
}
