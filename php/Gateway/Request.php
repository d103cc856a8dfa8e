<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\Action;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\VersionedAction;

/**
 * An action on its way to the listener.
 *
 * @internal
 */
final readonly class Request
{
    /** Raised when an older listener could not carry out what a newer sender asks. */
    private const int VERSION = 1;

    /** @param array<string, string|list<string>> $headers of the action */
    private function __construct(
        public string $id,
        public string $server,
        public Action $action,
        #[\SensitiveParameter]
        public array $headers,
        public int $deadlineMs,
    ) {}

    /**
     * What is to be sent, as text that the listener makes the same action of; without what differs from try to try.
     *
     * @throws InvalidConfigurationException where the action cannot be sent as it is, or its strategy cannot travel
     * @throws ActionNotAllowedException
     */
    public static function describe(string $server, Action $action, ?AllowList $allow = null): string
    {
        $strategy = $action->completionStrategy();
        $travels = Strategies::encode($action->name(), $strategy);
        // What a server would misread is refused here, before anything is sent, and values become text.
        $plain = new GenericAction($action->name(), $action->headers(), $strategy);
        $allow?->check($plain->name(), $plain->headers());
        return Wire::encode([
            'server' => $server,
            'action' => $plain->name(),
            // Apart, as PHP makes integers of names that look like some.
            'names' => array_map(strval(...), array_keys($plain->headers())),
            'values' => array_values($plain->headers()),
            'strategy' => $travels,
            'since' => $action instanceof VersionedAction ? $action->since() : [],
            'removed_in' => $action instanceof VersionedAction ? $action->removedIn() : null,
        ]);
    }

    /** @param string $description of describe() */
    public static function seal(Seal $seal, string $id, #[\SensitiveParameter] string $description, int $deadlineMs): string
    {
        return $seal->close(pack('CJ', self::VERSION, $deadlineMs) . $description, "request $id");
    }

    /**
     * @return self|null null where it was not sealed with this key, for this id
     *
     * @throws \UnexpectedValueException where it is of a version that this listener does not know
     * @throws \Apn\AmiClient\AmiException where it is no action that could be sent
     */
    public static function open(Seal $seal, string $id, string $body): ?self
    {
        $plain = $seal->open($body, "request $id");
        if ($plain === null) {
            return null;
        }
        $head = \strlen($plain) > 9 ? unpack('Cversion/Jdeadline', $plain) : false;
        if ($head === false || $head['version'] !== self::VERSION || !\is_int($head['deadline'])) {
            throw new \UnexpectedValueException('the sender is of another version than the listener');
        }
        $said = Wire::decode(substr($plain, 9));
        if (!\is_array($said) || !\is_string($said['server'] ?? null) || !\is_string($said['action'] ?? null) || !\is_array($said['names'] ?? null) || !\is_array($said['values'] ?? null)) {
            throw new \UnexpectedValueException('this is no request');
        }
        $strategy = Strategies::decode(\is_array($said['strategy'] ?? null) ? $said['strategy'] : null);
        $action = new GenericAction($said['action'], self::headers($said['names'], $said['values']), $strategy);
        $since = \is_array($said['since'] ?? null) ? array_values(array_filter($said['since'], is_string(...))) : [];
        $removed = \is_string($said['removed_in'] ?? null) ? $said['removed_in'] : null;

        return new self(
            $id,
            $said['server'],
            $since === [] && $removed === null ? $action : new RebuiltAction($action, $since, $removed),
            $action->headers(),
            $head['deadline'],
        );
    }

    /**
     * @param array<array-key, mixed> $names
     * @param array<array-key, mixed> $values
     *
     * @return array<string, string|list<string>>
     */
    private static function headers(array $names, #[\SensitiveParameter] array $values): array
    {
        $headers = [];
        foreach ($names as $at => $name) {
            $value = $values[$at] ?? null;
            if (!\is_string($name) || !(\is_string($value) || \is_array($value))) {
                throw new \UnexpectedValueException('this is no header');
            }
            $headers[$name] = \is_string($value) ? $value : array_values(array_filter($value, is_string(...)));
        }

        return $headers;
    }
}
