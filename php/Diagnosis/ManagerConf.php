<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

use Apn\AmiClient\AmiResponse;

/**
 * What a server says of its manager's settings: the answers of `manager show settings`, `manager show user` and GetConfig. The secret,
 * which the last one has in clear, is not kept.
 */
final readonly class ManagerConf
{
    /** @param array<string, string> $values by name in lower case */
    private function __construct(private array $values) {}

    /** Of a Command: lines such as `  Web Manager (AMI/HTTP):    No` or `  read perm: system,call`. */
    public static function ofCommand(AmiResponse $response): self
    {
        $values = [];
        foreach ($response->output() as $line) {
            if (preg_match('/^\s*([^:]+?)\s*:\s*(.*?)\s*$/', $line, $parts) === 1) {
                $values[strtolower($parts[1])] ??= $parts[2];
            }
        }

        return new self($values);
    }

    /** Of GetConfig for one section: `Line-000000-000003: read=all`. A setting that repeats is there with commas. */
    public static function ofSection(AmiResponse $response): self
    {
        $values = [];
        foreach ($response->headers as $name => $value) {
            if (!str_starts_with("$name", 'line-') || !\is_string($value)) {
                continue;
            }
            [$setting, $text] = [...array_map(trim(...), explode('=', $value, 2)), ''];
            $setting = strtolower($setting);
            if (!\in_array($setting, ['secret', 'setvar', 'permit', 'deny'], true)) {
                $values[$setting] = isset($values[$setting]) ? "{$values[$setting]},$text" : $text;
            }
        }

        return new self($values);
    }

    public function get(string $name): ?string
    {
        $value = $this->values[strtolower($name)] ?? '';

        return $value === '' ? null : $value;
    }

    public function int(string $name, int $otherwise): int
    {
        $value = $this->get($name);

        return $value !== null && ctype_digit($value) ? (int) $value : $otherwise;
    }

    /** @return bool|null null where nothing is said */
    public function isOn(string $name): ?bool
    {
        $value = $this->get($name);

        return $value === null ? null : \in_array(strtolower($value), ['yes', 'true', 'y', 't', '1', 'on'], true);
    }

    /** @return list<string> what is listed with commas between */
    public function list(string $name): array
    {
        return array_values(array_filter(array_map(trim(...), explode(',', $this->get($name) ?? '')), static fn(string $item): bool => $item !== ''));
    }

    /** @return list<string> in lower case */
    public function names(): array
    {
        return array_map(strval(...), array_keys($this->values));
    }

    public function isEmpty(): bool
    {
        return $this->values === [];
    }
}
