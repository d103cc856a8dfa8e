<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Apn\AmiClient\Bridge\EventNames;
use Apn\AmiClient\Bridge\OutboxOptions;
use Apn\AmiClient\InvalidConfigurationException;

/** What the sections of all bridges have in common. */
final readonly class BridgeConfig
{
    public const int NO_CLASSES = 0;

    public const int CLASSES_ALLOWED = 1;

    public const int CLASSES_REQUIRED = 2;

    /** A million events of 600 bytes: more than a process should hold that is to be restarted within seconds. */
    private const int MAX_BUFFER = 1_000_000;

    /** A gibibyte. */
    private const int MAX_BUFFER_BYTES = 1_073_741_824;

    /** Redis answers a batch at once; beyond this, the answers alone fill its output buffer. */
    private const int MAX_BATCH = 10_000;

    /** Heartbeats and other bridges wait meanwhile. */
    private const int MAX_BUDGET_MS = 1_000;

    /** An hour. */
    private const int MAX_RETRY_MS = 3_600_000;

    private const int MAX_TRIES = 1_000_000;

    /**
     * @param EventNames|null $names null only where the bridge is off
     * @param array<array-key, string> $classes of the application, by the name or pattern of an event, in the order given
     * @param string $path of the section, for messages
     */
    private function __construct(
        public string $name,
        public bool $enabled,
        public ?EventNames $names,
        public array $classes,
        public OutboxOptions $outbox,
        public string $path,
    ) {}

    /**
     * @param self::* $classes whether `events` maps names to classes
     * @param bool $batches whether the target takes several at once
     * @param int $tries the default
     */
    public static function fromSection(string $name, Section $section, int $classes = self::NO_CLASSES, bool $batches = false, int $tries = 0): self
    {
        $enabled = $section->bool('enabled', false);
        $map = self::classes($section, $classes);
        $names = array_map(strval(...), array_keys($map));
        if ($enabled && $names === []) {
            throw InvalidSettingException::mustBe($section->path('events'), [], 'the names of at least one event; "*" names all');
        }
        try {
            $chosen = $names === [] ? null : new EventNames($names);
        } catch (InvalidConfigurationException $e) {
            throw new InvalidSettingException($section->path('events'), $names, $section->path('events') . ': ' . $e->getMessage(), previous: $e);
        }
        $retryMs = $section->int('retry_ms', 100, 1, self::MAX_RETRY_MS);

        return new self($name, $enabled, $chosen, array_filter($map, static fn(string $class): bool => $class !== ''), new OutboxOptions(
            $section->int('buffer', 10_000, 1, self::MAX_BUFFER),
            $section->int('buffer_bytes', 16 * 1024 * 1024, 1024, self::MAX_BUFFER_BYTES),
            $batches ? $section->int('batch', 200, 1, self::MAX_BATCH) : 1,
            $section->int('budget_ms', 20, 1, self::MAX_BUDGET_MS),
            $retryMs,
            $section->int('retry_max_ms', max(5_000, $retryMs), $retryMs, self::MAX_RETRY_MS),
            $section->int('tries', $tries, 0, self::MAX_TRIES),
        ), $section->path);
    }

    /**
     * @param self::* $classes
     *
     * @return array<array-key, string> by name; empty ones where a name stands alone
     */
    private static function classes(Section $section, int $classes): array
    {
        $value = $section->value('events');
        if (!\is_array($value) || array_is_list($value)) {
            $names = $section->strings('events');
            if ($classes === self::CLASSES_REQUIRED && $names !== []) {
                throw InvalidSettingException::mustBe($section->path('events'), $names, 'an array of classes by the name of an event');
            }

            return array_fill_keys($names, '');
        }
        $map = [];
        foreach ($value as $name => $class) {
            $path = $section->path("events.$name");
            if (!\is_string($class) || $class === '') {
                throw InvalidSettingException::mustBe($path, $class, 'the name of a class');
            }
            if (\is_int($name) && $classes === self::CLASSES_REQUIRED) {
                throw InvalidSettingException::mustBe($path, $class, 'under the name of an event');
            }
            if (\is_int($name)) {
                $map[$class] = '';
            } elseif ($classes === self::NO_CLASSES) {
                throw InvalidSettingException::mustBe($section->path('events'), $value, 'a list of names: this bridge has no use for classes');
            } else {
                $map[$name] = $class;
            }
        }

        return $map;
    }
}
