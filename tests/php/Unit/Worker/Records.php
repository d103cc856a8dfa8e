<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

use Psr\Log\AbstractLogger;

/** A logger that keeps what it gets. */
final class Records extends AbstractLogger
{
    /** @var list<array{string, array<array-key, mixed>}> */
    public array $all = [];

    /** @param array<array-key, mixed> $context */
    public function log($level, string|\Stringable $message, array $context = []): void
    {
        $this->all[] = [(string) $message, $context];
    }

    /** @return list<array<array-key, mixed>> the contexts of the records with this message */
    public function of(string $message): array
    {
        return array_values(array_map(static fn(array $record): array => $record[1], array_filter($this->all, static fn(array $record): bool => $record[0] === $message)));
    }
}
