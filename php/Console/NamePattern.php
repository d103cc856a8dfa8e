<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

/** A name, in which `*` stands for anything; in any case. */
final readonly class NamePattern
{
    private string $expression;

    public function __construct(public string $pattern)
    {
        $this->expression = '/\A' . str_replace('\*', '.*', preg_quote($pattern, '/')) . '\z/is';
    }

    public function matches(string $name): bool
    {
        return preg_match($this->expression, $name) === 1;
    }

    /** Whether it is one name. */
    public function isExact(): bool
    {
        return !str_contains($this->pattern, '*');
    }

    /** @param list<string> $patterns */
    public static function any(array $patterns, string $name): bool
    {
        foreach ($patterns as $pattern) {
            if (new self($pattern)->matches($name)) {
                return true;
            }
        }

        return false;
    }
}
