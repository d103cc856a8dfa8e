<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\ActionCancelledException;
use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\ActionException;
use Apn\AmiClient\ActionSendFailedException;
use Apn\AmiClient\ActionTimeoutException;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\AuthenticationException;
use Apn\AmiClient\BackpressureException;
use Apn\AmiClient\ConnectionException;
use Apn\AmiClient\ConnectionLostException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\ForkedProcessException;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\InvalidConnectionStateException;
use Apn\AmiClient\MissingResponseException;
use Apn\AmiClient\OriginateFailedException;
use Apn\AmiClient\ParserDesyncException;
use Apn\AmiClient\ProtocolException;
use Apn\AmiClient\ReentrancyException;

/**
 * Exceptions on their way from the listener to the sender: of the same class, with the same message and the same getters.
 *
 * Only the classes named here are ever made of what comes; any other becomes a GatewayException, which has its name.
 *
 * @internal
 */
final class Exceptions
{
    /** How many causes travel with an exception. */
    private const int MAX_CAUSES = 3;

    /** @var array<class-string<\Throwable>, list<string>> what each class adds; fields are named like their getters */
    private const array FIELDS = [
        ActionException::class => ['serverKey', 'actionId', 'actionName'],
        ActionTimeoutException::class => ['timeoutMs'],
        ActionErrorResponseException::class => ['response'],
        OriginateFailedException::class => ['reason', 'result'],
        ConnectionException::class => ['serverKey', 'state', 'host', 'port'],
        ConnectionLostException::class => ['actionId'],
        InvalidConnectionStateException::class => ['serverKey', 'state', 'states'],
        BackpressureException::class => ['serverKey', 'limitName', 'limit', 'current'],
        ProtocolException::class => ['serverKey', 'actionId'],
        InvalidConfigurationException::class => ['key', 'value', 'suggestion'],
        ForkedProcessException::class => ['ownerPid'],
    ];

    /** @var list<class-string<\Throwable>> what may be made, a child before its parent */
    private const array CLASSES = [
        ActionNotAllowedException::class,
        RequestExpiredException::class,
        OutcomeUnknownException::class,
        OriginateFailedException::class,
        ActionErrorResponseException::class,
        ActionTimeoutException::class,
        ActionCancelledException::class,
        MissingResponseException::class,
        ActionSendFailedException::class,
        ActionException::class,
        AuthenticationException::class,
        ConnectionLostException::class,
        ConnectionException::class,
        InvalidConnectionStateException::class,
        BackpressureException::class,
        ParserDesyncException::class,
        ProtocolException::class,
        ReentrancyException::class,
        ForkedProcessException::class,
        InvalidConfigurationException::class,
    ];

    /**
     * Gives an exception what its getters tell.
     *
     * @template T of \Throwable
     *
     * @param T $exception
     * @param array<string, mixed> $fields by the names of the getters; those it does not have are left out
     *
     * @return T
     */
    public static function with(\Throwable $exception, array $fields): \Throwable
    {
        foreach (self::FIELDS as $class => $names) {
            foreach ($exception instanceof $class ? $names : [] as $name) {
                if (\array_key_exists($name, $fields) && property_exists($class, $name)) {
                    new \ReflectionProperty($class, $name)->setValue($exception, $fields[$name]);
                }
            }
        }

        return $exception;
    }

    /** What the extension throws for a value that cannot be used. */
    public static function invalid(string $key, mixed $value, string $message): InvalidConfigurationException
    {
        return self::with(new InvalidConfigurationException($message), ['key' => $key, 'value' => $value]);
    }

    /** @return array<string, mixed> for Wire */
    public static function encode(\Throwable $exception, int $causes = self::MAX_CAUSES): array
    {
        $fields = [];
        foreach (self::FIELDS as $class => $names) {
            foreach ($exception instanceof $class ? $names : [] as $name) {
                try {
                    $fields[$name] = self::outward(new \ReflectionMethod($exception, $name)->invoke($exception));
                } catch (\Error) {
                    // One that was made from PHP has no response.
                }
            }
        }
        $previous = $exception->getPrevious();

        return [
            'class' => $exception::class,
            'known' => array_find(self::CLASSES, static fn(string $class): bool => $exception instanceof $class),
            'message' => $exception->getMessage(),
            'fields' => $fields,
            'previous' => $previous !== null && $causes > 0 ? self::encode($previous, $causes - 1) : null,
        ];
    }

    /** @param array<array-key, mixed> $encoded */
    public static function decode(array $encoded, int $causes = self::MAX_CAUSES): \Throwable
    {
        $message = \is_string($encoded['message'] ?? null) ? $encoded['message'] : '';
        $known = $encoded['known'] ?? null;
        $previous = $encoded['previous'] ?? null;
        $cause = \is_array($previous) && $causes > 0 ? self::decode($previous, $causes - 1) : null;
        if (!\is_string($known) || !\in_array($known, self::CLASSES, true)) {
            return new GatewayException($message, \is_string($encoded['class'] ?? null) ? $encoded['class'] : 'unknown');
        }
        $fields = \is_array($encoded['fields'] ?? null) ? $encoded['fields'] : [];
        $values = [];
        foreach ($fields as $name => $value) {
            $values[(string) $name] = self::inward($value);
        }

        return self::with(new $known($message, 0, $cause), $values);
    }

    private static function outward(mixed $value): mixed
    {
        return match (true) {
            $value instanceof ConnectionState => ['state' => $value->value],
            $value instanceof AmiResponse => ['response' => Answer::encodeMessage($value)],
            $value instanceof AmiEvent => ['event' => Answer::encodeMessage($value)],
            // The states of servers, by key: as pairs, since a key may be any text.
            \is_array($value) => ['states' => array_map(
                static fn(int|string $key, mixed $state): array => [(string) $key, $state instanceof ConnectionState ? $state->value : ''],
                array_keys($value),
                $value,
            )],
            \is_scalar($value) || $value === null => $value,
            default => get_debug_type($value),
        };
    }

    private static function inward(mixed $value): mixed
    {
        return match (true) {
            !\is_array($value) => $value,
            \is_string($value['state'] ?? null) => ConnectionState::tryFrom($value['state']),
            \is_array($value['response'] ?? null) => Answer::decodeResponse($value['response']),
            \is_array($value['event'] ?? null) => Answer::decodeEvent($value['event']),
            \is_array($value['states'] ?? null) => self::states($value['states']),
            default => null,
        };
    }

    /**
     * @param array<array-key, mixed> $pairs
     *
     * @return array<array-key, ConnectionState>
     */
    private static function states(array $pairs): array
    {
        $states = [];
        foreach ($pairs as $pair) {
            [$key, $value] = \is_array($pair) ? [$pair[0] ?? null, $pair[1] ?? null] : [null, null];
            $state = \is_string($value) ? ConnectionState::tryFrom($value) : null;
            if (\is_string($key) && $state !== null) {
                $states[$key] = $state;
            }
        }

        return $states;
    }
}
