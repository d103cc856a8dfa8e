<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bridge;

use Apn\AmiClient\InvalidConfigurationException;

/**
 * Which events a bridge takes, by name: `Hangup`, `Queue*`, `*`. In any case, as everywhere.
 */
final class EventNames
{
    /** Names whose answer is remembered: more than Asterisk has, and few enough to forget about. */
    private const int MAX_REMEMBERED = 1_024;

    /** The patterns as one regular expression; null where all are plain names. */
    private readonly ?string $pattern;

    /** @var array<array-key, bool> by name as the server writes it */
    private array $answers = [];

    /**
     * @param list<string> $names at least one
     *
     * @throws InvalidConfigurationException where one is no name: empty, or with blanks, colons or control characters
     */
    public function __construct(public readonly array $names)
    {
        if ($names === []) {
            throw new InvalidConfigurationException('no event is named; "*" names all');
        }
        foreach ($names as $name) {
            if (preg_match('/^[^\s:\x00-\x1f\x7f]{1,128}\z/', $name) !== 1) {
                throw new InvalidConfigurationException("\"$name\" is no name of an event, nor a pattern of names");
            }
        }
        $this->pattern = preg_grep('/\*/', $names) === [] ? null
            : '/^(?:' . implode('|', array_map(static fn(string $name): string => str_replace('\*', '.*', preg_quote($name, '/')), $names)) . ')$/Dis';
    }

    /** Whether all are plain names, that can be subscribed to one by one: other events cost nothing then. */
    public function areExact(): bool
    {
        return $this->pattern === null;
    }

    public function match(string $name): bool
    {
        if (isset($this->answers[$name])) {
            return $this->answers[$name];
        }
        $answer = $this->pattern === null ? \in_array(strtolower($name), array_map(strtolower(...), $this->names), true) : preg_match($this->pattern, $name) === 1;
        if (\count($this->answers) < self::MAX_REMEMBERED) {
            $this->answers[$name] = $answer;
        }

        return $answer;
    }
}
