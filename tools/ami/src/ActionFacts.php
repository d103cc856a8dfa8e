<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Ami;

/** An action as the generated class and the manual need it. */
final readonly class ActionFacts
{
    /**
     * @param list<Parameter> $parameters the required ones first
     * @param list<string> $since the first release that has it, one a branch
     * @param list<string> $permissions any one of these is enough; none is needed where there are none
     * @param list<string> $items what a list consists of
     * @param bool $alwaysList whether a success is always a list
     */
    public function __construct(
        public string $name,
        public string $says,
        public array $parameters,
        public array $since,
        public ?string $removedIn,
        public ?string $module,
        public array $permissions,
        public array $items,
        public ?string $endEvent,
        public bool $alwaysList,
    ) {}

    /** The releases that have it, in words. */
    public function versions(): string
    {
        if ($this->removedIn !== null) {
            return 'Asterisk ' . $this->since[0] . ' to ' . ((int) $this->removedIn - 1);
        }

        return 'Asterisk ' . implode(', ', $this->since);
    }
}
