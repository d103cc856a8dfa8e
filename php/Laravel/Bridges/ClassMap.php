<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridges;

use Apn\AmiClient\Bridge\EventNames;
use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Laravel\Config\BridgeConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;

/** Which class of the application is made of which event. */
final class ClassMap
{
    /** Names whose answer is remembered, as by EventNames. */
    private const int MAX_REMEMBERED = 1_024;

    /** @var array<string, class-string> by name in lower case */
    private array $exact = [];

    /** @var list<array{EventNames, class-string}> */
    private array $patterns = [];

    /** @var array<string, class-string|null> */
    private array $remembered = [];

    /**
     * @param class-string|null $type what the classes must be
     *
     * @throws InvalidSettingException where one is not there, or not that
     */
    public function __construct(BridgeConfig $config, ?string $type = null)
    {
        foreach ($config->classes as $name => $class) {
            $path = "$config->path.events.$name";
            if (!class_exists($class)) {
                throw InvalidSettingException::mustBe($path, $class, 'the name of a class that can be loaded');
            }
            if ($type !== null && !is_a($class, $type, true)) {
                throw InvalidSettingException::mustBe($path, $class, "a class that implements $type");
            }
            $name = (string) $name;
            if (str_contains($name, '*')) {
                $this->patterns[] = [new EventNames([$name]), $class];
            } else {
                $this->exact[strtolower($name)] = $class;
            }
        }
    }

    /** Made with the payload as its only argument: that of its very name, or of the first pattern that matches. */
    public function make(EventPayload $payload): ?object
    {
        if (!\array_key_exists($payload->name, $this->remembered)) {
            if (\count($this->remembered) >= self::MAX_REMEMBERED) {
                $this->remembered = [];
            }
            $this->remembered[$payload->name] = $this->find($payload->name);
        }
        $class = $this->remembered[$payload->name];

        return $class === null ? null : new $class($payload);
    }

    /** @return class-string|null */
    private function find(string $event): ?string
    {
        foreach ($this->patterns as [$names, $class]) {
            $first ??= $names->match($event) ? $class : null;
        }

        return $this->exact[strtolower($event)] ?? $first ?? null;
    }
}
