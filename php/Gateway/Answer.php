<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;

/**
 * What came of an action, on its way back to the sender.
 *
 * @internal
 */
final readonly class Answer
{
    /** @param list<AmiEvent> $events */
    public function __construct(
        public string $serverKey = '',
        public string $actionId = '',
        public ?AmiResponse $response = null,
        public array $events = [],
        public ?\Throwable $error = null,
    ) {}

    /** How many bytes the messages have. */
    public function size(): int
    {
        return \strlen($this->response?->raw() ?? '')
            + array_sum(array_map(static fn(AmiEvent $event): int => \strlen($event->raw()), $this->events));
    }

    public function seal(Seal $seal, string $id): string
    {
        return $seal->close(Wire::encode([
            'server' => $this->serverKey,
            'action_id' => $this->actionId,
            'response' => $this->response === null ? null : self::encodeMessage($this->response),
            'events' => array_map(self::encodeMessage(...), $this->events),
            'error' => $this->error === null ? null : Exceptions::encode($this->error),
        ]), "answer $id");
    }

    /** @return self|null null where it was not sealed with this key, for this id */
    public static function open(Seal $seal, string $id, string $sealed): ?self
    {
        $plain = $seal->open($sealed, "answer $id");
        if ($plain === null) {
            return null;
        }
        $said = Wire::decode($plain);
        if (!\is_array($said)) {
            return null;
        }
        $events = array_map(self::decodeEvent(...), array_filter(\is_array($said['events'] ?? null) ? $said['events'] : [], is_array(...)));

        return new self(
            \is_string($said['server'] ?? null) ? $said['server'] : '',
            \is_string($said['action_id'] ?? null) ? $said['action_id'] : '',
            \is_array($said['response'] ?? null) ? self::decodeResponse($said['response']) : null,
            array_values($events),
            \is_array($said['error'] ?? null) ? Exceptions::decode($said['error']) : null,
        );
    }

    /** @return array{string, float, string} the server, when it was read, and its bytes */
    public static function encodeMessage(AmiEvent|AmiResponse $message): array
    {
        return [$message->serverKey, $message->receivedAt, $message->raw()];
    }

    /** @param array<array-key, mixed> $encoded */
    public static function decodeResponse(array $encoded): AmiResponse
    {
        return AmiResponse::fromRaw(...self::arguments($encoded));
    }

    /** @param array<array-key, mixed> $encoded */
    public static function decodeEvent(array $encoded): AmiEvent
    {
        return AmiEvent::fromRaw(...self::arguments($encoded));
    }

    /**
     * @param array<array-key, mixed> $encoded
     *
     * @return array{string, string, float}
     */
    private static function arguments(array $encoded): array
    {
        [$server, $at, $frame] = [$encoded[0] ?? '', $encoded[1] ?? 0.0, $encoded[2] ?? ''];

        return [\is_string($server) ? $server : '', \is_string($frame) ? $frame : '', \is_float($at) ? $at : 0.0];
    }
}
