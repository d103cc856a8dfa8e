<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** One that is measured, or is left out. */
final readonly class Client
{
    /**
     * @param string $name that of its driver
     * @param string|null $version as Composer has it; null for ours and for what is in PHP itself
     * @param string|null $autoload file that loads its classes
     * @param string|null $missing why it is left out
     */
    public function __construct(
        public string $name,
        public string $title,
        public ?string $version = null,
        public ?string $autoload = null,
        public ?string $missing = null,
    ) {}

    public function isPeer(): bool
    {
        return $this->name !== Clients::OURS && $this->name !== Clients::RAW;
    }

    public function label(): string
    {
        return $this->version === null ? $this->title : "$this->title $this->version";
    }

    /** Some have nothing to measure there: without listening by name, nothing is unheard; and fread() has no headers. */
    public function does(Work $work): bool
    {
        return match ($this->name) {
            Clients::RAW => $work === Work::Nothing || $work === Work::Ping || $work === Work::First,
            'clue', 'pami' => $work !== Work::Nothing,
            default => true,
        };
    }
}
