<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\CircuitState;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\AmiClientManager;

/**
 * How a server is, as the listener that has it said last.
 *
 * @internal
 */
final readonly class ServerReport
{
    /** @param array<string, mixed> $health the shape that AmiClient::health() documents */
    public function __construct(
        public ConnectionState $state,
        public array $health,
        public ?string $asteriskVersion = null,
        public ?string $amiVersion = null,
    ) {}

    /** All servers of a manager, in one piece. */
    public static function seal(Seal $seal, AmiClientManager $manager): string
    {
        $servers = [];
        $all = $manager->health();
        // PHP makes integers of keys that look like some.
        foreach (array_map(strval(...), array_keys($all)) as $key) {
            $client = $manager->server($key);
            $health = $all[$key];
            $servers[] = [
                $key,
                array_map(static fn(mixed $value): mixed => $value instanceof \BackedEnum ? $value->value : $value, $health),
                $client->asteriskVersion(),
                $client->amiVersion(),
            ];
        }

        return $seal->close(Wire::encode($servers), 'snapshot');
    }

    /** @return array<string, self> by server key; empty where it cannot be opened */
    public static function open(Seal $seal, string $sealed): array
    {
        $plain = $seal->open($sealed, 'snapshot');
        $servers = $plain === null ? [] : Wire::decode($plain);
        $reports = [];
        foreach (\is_array($servers) ? $servers : [] as $said) {
            if (!\is_array($said) || !\is_string($said[0] ?? null) || !\is_array($said[1] ?? null)) {
                continue;
            }
            $health = [];
            foreach ($said[1] as $name => $value) {
                $health[(string) $name] = match (true) {
                    $name === 'state' && \is_string($value) => ConnectionState::tryFrom($value),
                    $name === 'circuit' && \is_string($value) => CircuitState::tryFrom($value),
                    default => $value,
                };
            }
            $state = $health['state'] ?? null;
            if ($state instanceof ConnectionState) {
                $reports[$said[0]] = new self(
                    $state,
                    $health,
                    \is_string($said[2] ?? null) ? $said[2] : null,
                    \is_string($said[3] ?? null) ? $said[3] : null,
                );
            }
        }

        return $reports;
    }
}
