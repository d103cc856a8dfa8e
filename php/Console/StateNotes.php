<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionState;

/** Tells of servers that are reached, lost, or not reached for another reason than before: each once. */
final class StateNotes
{
    /** Servers are looked at so often. */
    private const int INTERVAL_NS = 100_000_000;

    /** @var array<string, string> by server, what was said of it last */
    private array $said = [];

    private int $lookAt = 0;

    public function __construct(private readonly AmiClientManager $manager) {}

    /** @return array<string, array{text: string, isGood: bool}> by server; empty mostly */
    public function changes(): array
    {
        $now = (int) hrtime(true);
        if ($now < $this->lookAt) {
            return [];
        }
        $this->lookAt = $now + self::INTERVAL_NS;
        $changes = [];
        $all = $this->manager->health();
        // PHP makes integers of keys that look like some.
        foreach (array_map(strval(...), array_keys($all)) as $key) {
            $health = $all[$key];
            $isGood = $health['state'] === ConnectionState::Ready;
            $text = match ($health['state']) {
                ConnectionState::Ready => 'ready, AMI ' . ($this->manager->server($key)->amiVersion() ?? 'of an unknown version'),
                ConnectionState::Degraded => 'does not answer the heartbeat',
                ConnectionState::Reconnecting => 'not reached: ' . ($health['last_error'] ?? 'connection lost') . '; is tried again',
                ConnectionState::Fatal => 'given up: ' . ($health['last_error'] ?? 'no reason known'),
                default => null,
            };
            if ($text !== null && $text !== ($this->said[$key] ?? null)) {
                $this->said[$key] = $text;
                $changes[$key] = ['text' => Screen::clean($text), 'isGood' => $isGood];
            }
        }

        return $changes;
    }

    /** Whether any server was ever ready, be it for a moment. */
    public function wasAnyReady(): bool
    {
        return array_any($this->manager->health(), static fn(array $health): bool => $health['sessions'] > 0);
    }
}
