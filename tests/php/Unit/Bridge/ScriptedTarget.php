<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Bridge;

use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Bridge\Target;

/** Takes what it is given, unless told otherwise. */
final class ScriptedTarget implements Target
{
    /** @var list<list<EventPayload>> what each call was given */
    public array $calls = [];

    /** @var list<EventPayload> */
    public array $taken = [];

    /** @var (\Closure(non-empty-list<EventPayload>): int)|null */
    public ?\Closure $behaviour = null;

    public function deliver(array $payloads): int
    {
        $this->calls[] = $payloads;
        $taken = $this->behaviour === null ? \count($payloads) : ($this->behaviour)($payloads);
        array_push($this->taken, ...\array_slice($payloads, 0, max(0, $taken)));

        return $taken;
    }

    public function isDown(): void
    {
        $this->behaviour = static fn(): int => throw new \RuntimeException('connection refused');
    }

    /** @return list<string> */
    public function names(): array
    {
        return array_map(static fn(EventPayload $payload): string => $payload->name, $this->taken);
    }
}
