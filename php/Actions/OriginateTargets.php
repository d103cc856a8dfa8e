<?php

declare(strict_types=1);

namespace Apn\AmiClient\Actions;

/** The two things that a call can be connected with. What the arguments mean is said at the constructor of Originate. */
trait OriginateTargets
{
    /**
     * Calls a channel and connects it with an extension of the dialplan.
     *
     * @param array<string, string|int|float|bool> $variables
     * @param list<string>|string $codecs
     */
    public static function toExtension(
        string $channel,
        string $context,
        string $exten,
        string|int $priority = 1,
        ?int $timeout = null,
        ?string $callerIdName = null,
        ?string $callerIdNumber = null,
        #[\SensitiveParameter]
        array $variables = [],
        ?string $account = null,
        ?bool $earlyMedia = null,
        bool $async = true,
        array|string $codecs = [],
        ?string $channelId = null,
        ?string $otherChannelId = null,
        ?string $preDialGoSub = null,
    ): self {
        return new self(
            channel: $channel,
            exten: $exten,
            context: $context,
            priority: $priority,
            timeout: $timeout,
            callerId: self::callerId($callerIdName, $callerIdNumber),
            variables: $variables,
            account: $account,
            earlyMedia: $earlyMedia,
            async: $async,
            codecs: $codecs,
            channelId: $channelId,
            otherChannelId: $otherChannelId,
            preDialGoSub: $preDialGoSub,
        );
    }

    /**
     * Calls a channel and connects it with an application, such as `Playback`, without any dialplan.
     *
     * @param string|null $data the arguments of the application
     * @param array<string, string|int|float|bool> $variables
     * @param list<string>|string $codecs
     */
    public static function toApplication(
        string $channel,
        string $application,
        ?string $data = null,
        ?int $timeout = null,
        ?string $callerIdName = null,
        ?string $callerIdNumber = null,
        #[\SensitiveParameter]
        array $variables = [],
        ?string $account = null,
        ?bool $earlyMedia = null,
        bool $async = true,
        array|string $codecs = [],
        ?string $channelId = null,
        ?string $otherChannelId = null,
    ): self {
        return new self(
            channel: $channel,
            application: $application,
            data: $data,
            timeout: $timeout,
            callerId: self::callerId($callerIdName, $callerIdNumber),
            variables: $variables,
            account: $account,
            earlyMedia: $earlyMedia,
            async: $async,
            codecs: $codecs,
            channelId: $channelId,
            otherChannelId: $otherChannelId,
        );
    }

    /**
     * As ast_callerid_parse() in main/callerid.c takes it apart again: the name in quotes, with a backslash before quotes and
     * backslashes, and always a number in angle brackets, be it none, as a `<` within the name would else begin one.
     */
    private static function callerId(?string $name, ?string $number): ?string
    {
        return match (true) {
            $name !== null => '"' . addcslashes($name, '"\\') . "\" <$number>",
            $number !== null => "<$number>",
            default => null,
        };
    }
}
