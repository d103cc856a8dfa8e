<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** The arguments of a program: `--name=value` in any order, and the rest by place. */
final class Arguments
{
    /** @var array<string, string> */
    private array $named = [];

    /** @var list<string> */
    private array $placed = [];

    /**
     * @param list<string> $argv with the name of the program
     * @param list<string> $known the names that the program asks for: one that is misspelt must not give figures of something else
     */
    public function __construct(array $argv, array $known)
    {
        foreach (\array_slice($argv, 1) as $argument) {
            if (preg_match('/^--([a-z][a-z-]*)=(.*)$/s', $argument, $match) === 1) {
                if (!\in_array($match[1], $known, true)) {
                    throw new \InvalidArgumentException("no such option: --$match[1]; there are --" . implode(', --', $known));
                }
                $this->named[$match[1]] = $match[2];
            } elseif (str_starts_with($argument, '-')) {
                throw new \InvalidArgumentException("not --name=value: $argument");
            } else {
                $this->placed[] = $argument;
            }
        }
    }

    public function text(string $name): ?string
    {
        return $this->named[$name] ?? null;
    }

    /** @param string|int $name or the place, from 0 */
    public function number(string|int $name, float $otherwise): float
    {
        $given = \is_int($name) ? $this->placed[$name] ?? null : $this->named[$name] ?? null;
        if ($given !== null && !(is_numeric($given) && $given > 0)) {
            throw new \InvalidArgumentException("$name is to be a number over 0: $given");
        }

        return (float) ($given ?? $otherwise);
    }

    /** @return array<string, string> what is passed through to the client's options */
    public function options(): array
    {
        return array_intersect_key($this->named, ['io' => true]);
    }
}
