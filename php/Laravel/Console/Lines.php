<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Log\LineWriter;
use Illuminate\Console\OutputStyle;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Output\StreamOutput;

/**
 * Lines of a command that must not wait for who reads them: a terminal that is stopped, a pipe that nobody reads.
 *
 * @internal
 */
final readonly class Lines
{
    /** At the end. */
    private const float LAST_SECONDS = 0.5;

    private ?LineWriter $writer;

    private OutputInterface $output;

    public function __construct(OutputInterface $output)
    {
        $this->output = $output instanceof OutputStyle ? $output->getOutput() : $output;
        // What is no stream is memory: the output of Artisan::call() and of tests.
        $this->writer = !$this->output instanceof StreamOutput ? null : new LineWriter(
            $this->output->getStream(),
            static fn(int $dropped): string => "($dropped lines were left out: nobody reads them)",
        );
    }

    /** @param OutputInterface::VERBOSITY_* $verbosity from which on it is shown */
    public function write(string $line, int $verbosity = OutputInterface::VERBOSITY_NORMAL): void
    {
        if ($this->output->getVerbosity() < $verbosity) {
            return;
        }
        if ($this->writer === null) {
            $this->output->writeln($line, OutputInterface::OUTPUT_PLAIN);
        } else {
            $this->writer->write($line);
        }
    }

    public function flush(): void
    {
        $this->writer?->flush(self::LAST_SECONDS);
    }
}
