<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bridge;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionGap;

/**
 * An event as it may leave the process: in a queued job, through Redis, to a browser. Immutable, and can be serialized.
 *
 * As JSON: `{"id":…, "kind":"event", "name":…, "server_key":…, "received_at":…, "headers":[[name, value], …]}`. AMI has no encoding:
 * where a name or a value is not UTF-8, `{"base64":…}` stands for the string, so that nothing is lost and every reader takes it.
 *
 * Made from an event it is little more than the event's bytes; headers are parsed when first asked for. So a bridge can make it at
 * once, and what is dropped later has cost a copy.
 */
final class EventPayload implements \JsonSerializable
{
    private const int JSON = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR;

    /** Levels of the JSON: the payload, its headers, a header, a value that is not UTF-8; and one to spare. */
    private const int DEPTH = 5;

    /**
     * All headers in the order sent, those that repeat each time, names as the server writes them.
     *
     * @var list<array{string, string}>
     */
    public array $headers {
        get => $this->parsed ??= self::parse($this->frame);
    }

    /**
     * @param list<array{string, string}>|null $parsed
     */
    private function __construct(
        /**
         * Server, process and number, such as `pbx1:1f0c5d9a7e42:17`. The same event sent twice, because the answer to the first
         * attempt was lost, has the same one. Numbers grow within a process; there are holes, for bridges share them.
         */
        public readonly string $id,
        public readonly PayloadKind $kind,
        /** The name of the event; `ConnectionGap` or `EventsDropped` where it is none. */
        public readonly string $name,
        public readonly string $serverKey,
        /** When it was read, in seconds since the Unix epoch, exact to the microsecond. */
        public readonly float $receivedAt,
        private readonly string $frame,
        private ?array $parsed,
    ) {}

    /** Of the same event, twice in a row, it is the same payload. */
    public static function of(AmiEvent $event): self
    {
        return PayloadIds::payload($event, static fn(AmiEvent $event): self => new self(
            PayloadIds::next($event->serverKey),
            PayloadKind::Event,
            $event->name,
            $event->serverKey,
            $event->receivedAt,
            $event->raw(),
            null,
        ));
    }

    /** Tells of a gap; its headers are `From`, `To` (seconds since the Unix epoch), `Reason`, `Message`, `Sessions`, `EventsDropped`. */
    public static function ofGap(ConnectionGap $gap): self
    {
        return self::made(PayloadKind::Gap, 'ConnectionGap', $gap->serverKey, $gap->to, [
            ['From', sprintf('%.6F', $gap->from)],
            ['To', sprintf('%.6F', $gap->to)],
            ['Reason', $gap->reason],
            ['Message', $gap->message],
            ['Sessions', (string) $gap->sessions],
            ['EventsDropped', (string) $gap->eventsDropped],
        ]);
    }

    /**
     * Tells of events that are not handed on.
     *
     * @param string $by who dropped them, for people
     * @param array<array-key, int> $counts by name
     * @param float $at when the last one was dropped, in seconds since the Unix epoch
     */
    public static function ofDropped(string $serverKey, string $by, array $counts, float $at): self
    {
        $headers = [['By', $by], ['Count', (string) array_sum($counts)]];
        foreach ($counts as $name => $count) {
            $headers[] = ['Dropped', "$name=$count"];
        }

        return self::made(PayloadKind::Dropped, 'EventsDropped', $serverKey, $at, $headers);
    }

    /**
     * From what toArray() gave.
     *
     * @param array<array-key, mixed> $array
     *
     * @throws MalformedPayloadException
     */
    public static function fromArray(array $array): self
    {
        $headers = $array['headers'] ?? null;
        if (!\is_array($headers) || !array_is_list($headers)) {
            throw new MalformedPayloadException('headers', 'must be a list, but is ' . get_debug_type($headers));
        }
        $parsed = [];
        foreach ($headers as $at => $header) {
            if (!\is_array($header) || !array_is_list($header) || \count($header) !== 2) {
                throw new MalformedPayloadException("headers.$at", 'must be a pair of name and value, but is ' . get_debug_type($header));
            }
            $parsed[] = [self::decode("headers.$at.0", $header[0]), self::decode("headers.$at.1", $header[1])];
        }
        $kind = $array['kind'] ?? null;
        $receivedAt = $array['received_at'] ?? null;

        return new self(
            self::decode('id', $array['id'] ?? null),
            (\is_string($kind) ? PayloadKind::tryFrom($kind) : null) ?? throw new MalformedPayloadException('kind', 'is none of event, gap, dropped'),
            self::decode('name', $array['name'] ?? null),
            self::decode('server_key', $array['server_key'] ?? null),
            \is_float($receivedAt) || \is_int($receivedAt) ? (float) $receivedAt
                : throw new MalformedPayloadException('received_at', 'must be a number, but is ' . get_debug_type($receivedAt)),
            '',
            $parsed,
        );
    }

    /** @throws MalformedPayloadException */
    public static function fromJson(string $json): self
    {
        try {
            $array = json_decode($json, true, self::DEPTH, JSON_THROW_ON_ERROR);
        } catch (\JsonException $exception) {
            throw new MalformedPayloadException('', 'is no JSON: ' . $exception->getMessage(), $exception);
        }

        return \is_array($array) ? self::fromArray($array)
            : throw new MalformedPayloadException('', 'must be an object, but is ' . get_debug_type($array));
    }

    /** The first value of a header, its name in any case; null where it is not there. */
    public function get(string $key): ?string
    {
        foreach ($this->headers as [$name, $value]) {
            if (strcasecmp($name, $key) === 0) {
                return $value;
            }
        }

        return null;
    }

    /**
     * All values of a header, its name in any case, in the order sent.
     *
     * @return list<string> empty where it is not there
     */
    public function all(string $key): array
    {
        $values = [];
        foreach ($this->headers as [$name, $value]) {
            if (strcasecmp($name, $key) === 0) {
                $values[] = $value;
            }
        }

        return $values;
    }

    /** Whether there is such a header, its name in any case; it may be empty. */
    public function has(string $key): bool
    {
        return $this->get($key) !== null;
    }

    public function isEvent(): bool
    {
        return $this->kind === PayloadKind::Event;
    }

    /**
     * What a payload of kind `dropped` counts.
     *
     * @return array<array-key, int> by the name of the event; empty for other kinds
     */
    public function droppedEvents(): array
    {
        $counts = [];
        foreach ($this->kind === PayloadKind::Dropped ? $this->all('Dropped') : [] as $line) {
            $at = strrpos($line, '=');
            if ($at !== false) {
                $counts[substr($line, 0, $at)] = (int) substr($line, $at + 1);
            }
        }

        return $counts;
    }

    /** Bytes of it, nearly: what buffers count. */
    public function bytes(): int
    {
        $bytes = \strlen($this->frame) + \strlen($this->id) + \strlen($this->name);
        foreach ($this->frame === '' ? $this->headers : [] as [$name, $value]) {
            $bytes += \strlen($name) + \strlen($value);
        }

        return $bytes;
    }

    /**
     * All of it, with strings that every encoder of JSON takes.
     *
     * @return array{
     *     id: string|array{base64: string}, kind: string, name: string|array{base64: string}, server_key: string|array{base64: string},
     *     received_at: float, headers: list<array{string|array{base64: string}, string|array{base64: string}}>,
     * }
     */
    public function toArray(): array
    {
        $headers = $this->headers;
        if ($this->frame === '' || preg_match('//u', $this->frame) !== 1) {
            foreach ($headers as $at => [$name, $value]) {
                $headers[$at] = [self::encode($name), self::encode($value)];
            }
        }

        return [
            'id' => self::encode($this->id),
            'kind' => $this->kind->value,
            'name' => self::encode($this->name),
            'server_key' => self::encode($this->serverKey),
            'received_at' => $this->receivedAt,
            'headers' => $headers,
        ];
    }

    public function toJson(): string
    {
        return json_encode($this->toArray(), self::JSON);
    }

    /** @return array<string, mixed> the same as toArray() */
    public function jsonSerialize(): array
    {
        return $this->toArray();
    }

    /**
     * With the frame instead of the headers where there is one: a third of the size, and nothing is parsed for it.
     *
     * @return array<string, mixed> in UTF-8 throughout: Laravel puts what is serialized into JSON
     */
    public function __serialize(): array
    {
        return $this->frame === '' ? $this->toArray() : [
            'id' => self::encode($this->id),
            'kind' => $this->kind->value,
            'name' => self::encode($this->name),
            'server_key' => self::encode($this->serverKey),
            'received_at' => $this->receivedAt,
            'frame' => self::encode($this->frame),
        ];
    }

    /**
     * @param array<array-key, mixed> $data
     *
     * @throws MalformedPayloadException
     */
    public function __unserialize(array $data): void
    {
        $hasFrame = \array_key_exists('frame', $data);
        $from = self::fromArray($hasFrame ? ['headers' => []] + $data : $data);
        [$this->id, $this->kind, $this->name, $this->serverKey, $this->receivedAt] = [$from->id, $from->kind, $from->name, $from->serverKey, $from->receivedAt];
        [$this->frame, $this->parsed] = $hasFrame ? [self::decode('frame', $data['frame']), null] : ['', $from->parsed];
    }

    /** @param list<array{string, string}> $headers */
    private static function made(PayloadKind $kind, string $name, string $serverKey, float $at, array $headers): self
    {
        return new self(PayloadIds::next($serverKey), $kind, $name, $serverKey, $at, '', [['Event', $name], ...$headers]);
    }

    /**
     * By the extension's own rules: a line without a colon, without a name or that begins with a blank is no header, one space behind
     * the colon is the separator's, and blanks before it are not the name's.
     *
     * @return list<array{string, string}>
     */
    private static function parse(string $frame): array
    {
        $headers = [];
        $lines = explode("\n", $frame);
        $last = array_key_last($lines);
        foreach ($lines as $at => $line) {
            // The delimiter took the last line's end with it: a carriage return there belongs to the value.
            if ($at !== $last && str_ends_with($line, "\r")) {
                $line = substr($line, 0, -1);
            }
            $colon = strpos($line, ':');
            if ($colon === false || $line[0] === ' ' || $line[0] === "\t") {
                continue;
            }
            $name = rtrim(substr($line, 0, $colon), " \t");
            if ($name !== '') {
                $headers[] = [$name, substr($line, $colon + (($line[$colon + 1] ?? '') === ' ' ? 2 : 1))];
            }
        }

        return $headers;
    }

    /** @return string|array{base64: string} */
    private static function encode(string $bytes): string|array
    {
        return preg_match('//u', $bytes) === 1 ? $bytes : ['base64' => base64_encode($bytes)];
    }

    private static function decode(string $key, mixed $value): string
    {
        if (\is_array($value) && array_keys($value) === ['base64'] && \is_string($value['base64'])) {
            $value = base64_decode($value['base64'], true);
        }

        return \is_string($value) ? $value
            : throw new MalformedPayloadException($key, 'must be a string or {"base64": …}, but is ' . get_debug_type($value));
    }
}
