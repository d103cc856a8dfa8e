<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

use Apn\AmiClient\Console\NamePattern;

/** The names of events that an application listens to, as far as they are known. */
final readonly class HeardNames
{
    /** What the client itself needs: it logs Shutdown, Originate ends with an OriginateResponse, a booting server is ready by FullyBooted. */
    private const array OF_THE_CLIENT = ['FullyBooted', 'OriginateResponse', 'Shutdown'];

    /** @var list<NamePattern> */
    private array $patterns;

    /** @param list<string> $names with `*` for anything; empty where nothing is known */
    public function __construct(private array $names)
    {
        $this->patterns = array_map(static fn(string $name): NamePattern => new NamePattern($name), [...$names, ...self::OF_THE_CLIENT]);
    }

    /** Whether anything is known at all of what the application listens to. */
    public function isKnown(): bool
    {
        return $this->names !== [];
    }

    public function has(string $name): bool
    {
        return array_any($this->patterns, static fn(NamePattern $pattern): bool => $pattern->matches($name));
    }

    /** @return list<string>|null the classes that all of these come in, sorted; null where a name or pattern does not tell its class */
    public function classes(): ?array
    {
        $classes = [];
        foreach ($this->patterns as $pattern) {
            $class = $pattern->isExact() ? Catalog::classOf($pattern->pattern) : null;
            if ($class === null) {
                return null;
            }
            $classes[$class] = true;
        }
        $classes = array_keys($classes);
        sort($classes);

        return $classes;
    }

    /** @return list<string> the exact names of the application */
    public function exact(): array
    {
        return array_values(array_filter($this->names, static fn(string $name): bool => !str_contains($name, '*')));
    }
}
