<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Streams;

/** How a consumer reads, and when it ends by itself. Null is no limit. */
final readonly class ConsumerOptions
{
    /**
     * @param string $from where a new group begins: `0` for the start of what is there, `$` for its end
     * @param int $count entries read at once
     * @param int $blockMs that a read waits for entries
     * @param int $claimIdleMs after which an entry that nobody acknowledged is taken over
     * @param int $maxDeliveries of one entry; then it goes to the dead letters
     * @param string $deadLetter stream, with `{stream}` for the one that the entry comes from
     * @param bool $once whether it ends where nothing is there to read
     * @param int|null $maxSeconds since it began
     * @param int|null $memoryBytes that PHP has allocated
     */
    public function __construct(
        public string $from = '0',
        public int $count = 100,
        public int $blockMs = 1_000,
        public int $claimIdleMs = 60_000,
        public int $maxDeliveries = 5,
        public string $deadLetter = '{stream}:dead',
        public int $deadLetterMaxLength = 10_000,
        public bool $once = false,
        public ?int $maxSeconds = null,
        public ?int $memoryBytes = null,
    ) {}
}
