<?php

declare(strict_types=1);

namespace Apn\AmiClient\Actions;

/**
 * What may be a secret: no dump, export or trace shows it. Unlike a SensitiveParameterValue it can be serialized, so that
 * actions go through queues.
 *
 * @internal
 */
final class HiddenValue
{
    private \SensitiveParameterValue $value;

    /** @param array<array-key, mixed>|string|null $value */
    public function __construct(#[\SensitiveParameter] array|string|null $value)
    {
        $this->value = new \SensitiveParameterValue($value);
    }

    public function string(): ?string
    {
        $value = $this->value->getValue();

        return \is_string($value) ? $value : null;
    }

    /** @return array<array-key, mixed> */
    public function array(): array
    {
        return (array) $this->value->getValue();
    }

    /** @return array{mixed} */
    public function __serialize(): array
    {
        return [$this->value->getValue()];
    }

    /** @param array<array-key, mixed> $data */
    public function __unserialize(#[\SensitiveParameter] array $data): void
    {
        $value = $data[0] ?? null;
        $this->value = new \SensitiveParameterValue(\is_array($value) || \is_string($value) ? $value : null);
    }
}
