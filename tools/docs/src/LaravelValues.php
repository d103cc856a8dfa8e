<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;

/**
 * What a key of Laravel's configuration may be, as its own check says when it is given what it cannot be.
 */
final readonly class LaravelValues
{
    /** @param array<mixed> $config as published */
    public function __construct(private array $config) {}

    /** @param string $path such as `listen.io`; empty where the key takes anything, or its range is told elsewhere */
    public function of(string $path): string
    {
        $said = $this->refusal($path, new \stdClass());
        if ($said === 'a string') {
            $choices = $this->refusal($path, 'no such word');

            return str_contains($choices, ', ') ? $choices : 'text';
        }

        return match ($said) {
            'true or false' => '`true`, `false`',
            'a list, or one string with commas between' => 'names',
            default => (string) preg_replace(
                ['/^a (?:whole )?number from /', '/^(\d+) to ' . number_format(\PHP_INT_MAX) . '$/', '/, stdClass given$/'],
                ['', 'at least $1', ''],
                $said,
            ),
        };
    }

    private function refusal(string $path, mixed $value): string
    {
        try {
            AmiConfig::fromArray($this->with($this->config, explode('.', $path), $value));
        } catch (InvalidSettingException $refused) {
            if (str_contains($refused->getMessage(), $path) && preg_match('/(?: must be | is not one of: )(.+?)(?:; did you mean.*)?$/', $refused->getMessage(), $found) === 1) {
                return $found[1];
            }
        }

        return '';
    }

    /**
     * @param array<mixed> $config
     * @param non-empty-list<string> $path
     *
     * @return array<mixed>
     */
    private function with(array $config, array $path, mixed $value): array
    {
        $key = array_shift($path);
        $below = $config[$key] ?? [];
        $config[$key] = $path === [] ? $value : $this->with(\is_array($below) ? $below : [], $path, $value);

        return $config;
    }
}
