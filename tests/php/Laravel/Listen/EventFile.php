<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Listen;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Worker\HearsTakeover;

/** Writes the numbers of the events that it hears into a file, and the gaps that it hears of: what is written survives a kill -9. */
final class EventFile implements HearsTakeover
{
    /** @var resource */
    private $file;

    private int $written = 0;

    public function __construct(string $path)
    {
        $file = fopen($path, 'a');
        \assert($file !== false);
        $this->file = $file;
    }

    public function name(): string
    {
        return 'file';
    }

    public function start(AmiClientManager $manager): void
    {
        $manager->onAnyEvent(function (AmiEvent $event): void {
            $number = $event->get('N') ?? $event->get('Seq');
            if ($number !== null) {
                fwrite($this->file, "event $number\n");
                $this->written++;
            }
        });
    }

    public function onTakeover(ConnectionGap $gap): void
    {
        fwrite($this->file, sprintf("gap %.6F %.6F\n", $gap->from, $gap->to));
    }

    public function poll(): ?int
    {
        return null;
    }

    public function stop(): void
    {
        fwrite($this->file, "stop\n");
    }

    public function isBusy(): bool
    {
        return false;
    }

    public function finish(): array
    {
        fwrite($this->file, "finish $this->written\n");

        return [];
    }

    public function stats(): array
    {
        return ['written' => $this->written];
    }
}
