<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\ActionException;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\InvalidConnectionStateException;
use Apn\AmiClient\OriginateFailedException;

/**
 * Makes the client's exceptions with what they are about, which `new` alone cannot say.
 *
 * @internal
 */
final class Failures
{
    private const array ORIGINATE_REASONS = [
        0 => 'no such extension, peer or technology, or not reachable',
        1 => 'hung up',
        3 => 'not answered in time',
        5 => 'busy',
        8 => 'congestion',
    ];

    /**
     * @template T of AmiException
     *
     * @param class-string<T> $class
     * @param array<string, mixed> $about values by the name of the getter
     *
     * @return T
     */
    public static function make(string $class, string $message, array $about = [], ?\Throwable $previous = null): AmiException
    {
        $exception = new $class($message, 0, $previous);
        foreach ($about as $name => $value) {
            for ($declaring = new \ReflectionClass($exception); $declaring !== false; $declaring = $declaring->getParentClass()) {
                if ($declaring->hasProperty($name)) {
                    $declaring->getProperty($name)->setValue($exception, $value);
                    continue 2;
                }
            }
            throw new \LogicException("$class has no $name()");
        }

        return $exception;
    }

    /** @param list<string> $known */
    public static function noServer(string $key, array $known): InvalidConfigurationException
    {
        /** @var array<array-key, int> $distances PHP makes integers of keys that look like some */
        $distances = [];
        foreach ($known as $other) {
            $distances[$other] = levenshtein($key, $other);
        }
        asort($distances);
        $nearest = array_key_first($distances);
        $suggestion = $nearest !== null && $distances[$nearest] <= max(1, intdiv(\strlen($key), 3)) ? (string) $nearest : null;
        $message = "there is no server \"$key\"" . ($suggestion === null ? '' : "; did you mean \"$suggestion\"?");

        return self::make(InvalidConfigurationException::class, $message, ['key' => 'key', 'value' => $key, 'suggestion' => $suggestion]);
    }

    public static function invalid(string $key, mixed $value, string $reason): InvalidConfigurationException
    {
        return self::make(InvalidConfigurationException::class, "$key: $reason", ['key' => $key, 'value' => $value]);
    }

    public static function notReady(string $key, ConnectionState $state, ?\Throwable $lost): InvalidConnectionStateException
    {
        return self::make(
            InvalidConnectionStateException::class,
            "\"$key\": the connection is $state->value",
            ['serverKey' => $key, 'state' => $state],
            $lost,
        );
    }

    /** @param array<string, ConnectionState> $states */
    public static function noneReady(array $states, string $said): InvalidConnectionStateException
    {
        $each = [];
        foreach ($states as $key => $state) {
            $each[] = "\"$key\" is $state->value";
        }

        return self::make(InvalidConnectionStateException::class, "$said: " . implode(', ', $each), ['states' => $states]);
    }

    /**
     * @template T of AmiException
     *
     * @param class-string<T> $class
     * @param array<string, mixed> $about
     *
     * @return T
     */
    public static function ofAction(string $class, SentAction $sent, string $said, array $about = []): AmiException
    {
        $about = ['serverKey' => $sent->serverKey, 'actionId' => $sent->actionId] + $about;
        if (is_a($class, ActionException::class, true)) {
            $about['actionName'] = $sent->name;
        }

        return self::make($class, "$sent->name on \"$sent->serverKey\": $said", $about);
    }

    public static function errorResponse(SentAction $sent, AmiResponse $response): ActionErrorResponseException
    {
        $printed = array_find($response->output(), static fn(string $line): bool => $line !== '');
        $said = $printed ?? $response->message() ?? 'the server answered with an error';

        return self::ofAction(ActionErrorResponseException::class, $sent, $said, ['response' => $response]);
    }

    public static function originate(SentAction $sent, AmiResponse $response, AmiEvent $result): OriginateFailedException
    {
        $given = $result->get('Reason');
        $reason = $given !== null && ctype_digit($given) ? (int) $given : null;
        $said = match (true) {
            $reason === null => 'no reason given',
            isset(self::ORIGINATE_REASONS[$reason]) => self::ORIGINATE_REASONS[$reason] . " (reason $reason)",
            default => "reason $reason",
        };

        return self::ofAction(
            OriginateFailedException::class,
            $sent,
            "the call failed: $said",
            ['response' => $response, 'reason' => $reason, 'result' => $result],
        );
    }
}
