<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Apn\AmiClient\Laravel\Standby\CacheLeadership;

/** `ami-client.listen.standby`: several listeners, of which one is at work. */
final readonly class StandbyConfig
{
    /**
     * @param string|null $store of the application's cache; null for its default one
     * @param string $lock its name
     * @param int $seconds after which another takes over from one that is gone
     */
    private function __construct(
        public bool $enabled,
        public ?string $store,
        public string $lock,
        public int $seconds,
    ) {}

    public static function fromSection(Section $section): self
    {
        $read = new self(
            $section->bool('enabled', false),
            $section->stringOrNull('store'),
            $section->string('lock', 'ami-client:listener'),
            // Under the least there is no time left to prolong it in; over an hour nobody would call it standing by.
            $section->int('seconds', 15, CacheLeadership::LEAST_SECONDS, 3600),
        );
        $section->done();

        return $read;
    }
}
