<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/** How a request stands at this moment. */
final readonly class Standing
{
    /**
     * @param string|null $answer once it has ended
     * @param bool $claimed whether a listener has it
     * @param bool $known whether the broker knows of it at all
     */
    public function __construct(
        public ?string $answer = null,
        public bool $claimed = false,
        public bool $known = true,
    ) {}
}
