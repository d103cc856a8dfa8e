<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

/** Lines to be put somewhere, and what they save. */
final readonly class Suggestion
{
    /**
     * @param string $where the file and the section
     * @param list<string> $lines as they are to be written there
     * @param float $events a second that do not come any more
     * @param float $eventsShare of all, 0 to 1
     * @param float $bytes a second
     * @param float $bytesShare of all, 0 to 1
     */
    public function __construct(
        public string $where,
        public array $lines,
        public string $remark,
        public float $events,
        public float $eventsShare,
        public float $bytes,
        public float $bytesShare,
    ) {}

    /** @return array{where: string, lines: list<string>, remark: string, saves: array{events_per_second: float, events_share: float, bytes_per_second: float, bytes_share: float}} */
    public function toArray(): array
    {
        return ['where' => $this->where, 'lines' => $this->lines, 'remark' => $this->remark, 'saves' => [
            'events_per_second' => round($this->events, 2), 'events_share' => round($this->eventsShare, 4),
            'bytes_per_second' => round($this->bytes, 1), 'bytes_share' => round($this->bytesShare, 4),
        ]];
    }
}
