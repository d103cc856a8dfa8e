<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\Console\Screen;
use Apn\AmiClient\ExtensionMissingException;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Laravel\BootCheck;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Illuminate\Console\Command;
use Symfony\Component\Console\Output\ConsoleOutputInterface;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Output\StreamOutput;

/**
 * What the commands for people have in common: what cannot be used is one line on the error output and not a stack trace, and what
 * goes on while it is shown never waits for the terminal.
 */
abstract class TerminalCommand extends Command
{
    /** The exit code where the command was not carried out, for how it was called or for how the application is set up. */
    protected const int REFUSED = 2;

    /** @var list<array{OutputInterface, resource}> what is shown at the end, where there is no stream to write to */
    private array $kept = [];

    /** @return int the exit code */
    abstract protected function perform(): int;

    final public function handle(): int
    {
        try {
            return $this->perform();
        } catch (InvalidConfigurationException|ExtensionMissingException|\InvalidArgumentException $refused) {
            $this->complain($refused->getMessage());

            return static::REFUSED;
        } finally {
            foreach ($this->kept as [$output, $stream]) {
                rewind($stream);
                $output->write((string) stream_get_contents($stream), false, OutputInterface::OUTPUT_RAW);
            }
            $this->kept = [];
        }
    }

    /** @throws InvalidConfigurationException */
    protected function config(): AmiConfig
    {
        return BootCheck::config($this->laravel);
    }

    /**
     * A manager of this command alone, which logs nothing, as what it has to say is shown.
     *
     * @param list<string>|null $servers keys; null for all
     * @param array<string, mixed> $options that go over the application's, those of single servers included
     */
    protected function connections(#[\SensitiveParameter] AmiConfig $config, ?array $servers, array $options = []): AmiClientManager
    {
        ExtensionMissingException::check();
        $settings = $config->toManager($servers);
        $settings['options'] = $options + $settings['options'];
        foreach ($settings['servers'] as $key => $server) {
            if (\is_array($server['options'] ?? null)) {
                $settings['servers'][$key]['options'] = array_diff_key($server['options'], $options);
            }
        }

        return AmiClientManager::fromConfig($settings);
    }

    /** Says goodbye to all, for a moment. */
    protected function leave(AmiClientManager $manager): void
    {
        try {
            $manager->close();
            for ($until = hrtime(true) + 1_000_000_000; hrtime(true) < $until && array_any($manager->health(), static fn(array $health): bool => $health['state']->value === 'closing');) {
                $manager->tickAll(20);
            }
        } catch (AmiException) {
            // It is cut off below.
        }
        $manager->terminate();
    }

    /** @return list<string>|null the servers named by --server, each also several with commas between; null where none is */
    protected function chosenServers(): ?array
    {
        $chosen = $this->strings('server');

        return $chosen === [] ? null : array_values(array_unique(array_filter(array_map(trim(...), explode(',', implode(',', $chosen))), static fn(string $key): bool => $key !== '')));
    }

    /** @return list<string> */
    protected function strings(string $option): array
    {
        $given = $this->option($option);

        return array_values(array_filter(\is_array($given) ? $given : [$given], is_string(...)));
    }

    protected function stringOrNull(string $option): ?string
    {
        return $this->strings($option)[0] ?? null;
    }

    /** @throws \InvalidArgumentException where it is no number, or out of range */
    protected function seconds(string $option, ?float $otherwise, float $least = 0.05, float $most = 86_400.0): ?float
    {
        $given = $this->stringOrNull($option);
        if ($given === null || $given === '') {
            return $otherwise;
        }
        $seconds = filter_var($given, \FILTER_VALIDATE_FLOAT);

        return $seconds === false || $seconds < $least || $seconds > $most
            ? throw new \InvalidArgumentException("--$option=$given must be a number of seconds from $least to " . number_format($most))
            : $seconds;
    }

    /**
     * What is shown: on a terminal with colours, elsewhere plain.
     *
     * @param bool $isPatient whether it is an answer, of which nothing may be left out, and not what goes on
     */
    protected function screen(bool $isForPrograms = false, bool $isPatient = false): Screen
    {
        return $this->screenOn($this->output->getOutput(), $isForPrograms, $isPatient);
    }

    /** What is said besides: on the error output. */
    protected function notes(): Screen
    {
        return $this->screenOn($this->errors(), false);
    }

    protected function complain(string $message): void
    {
        $this->errors()->writeln('<error>' . \Symfony\Component\Console\Formatter\OutputFormatter::escape(Screen::clean($message)) . '</error>');
    }

    /** @param array<string, mixed> $values */
    protected static function json(array $values, int $flags = 0): string
    {
        return json_encode($values, \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_PRESERVE_ZERO_FRACTION | $flags);
    }

    /** @return list<string> names of events that the bridges which are on take, and those that --heard names */
    protected function heardNames(): array
    {
        $names = [];
        foreach ($this->config()->bridges->enabled as $bridge) {
            array_push($names, ...$bridge->names->names ?? []);
        }
        $names = array_filter([...$names, ...explode(',', implode(',', $this->strings('heard')))], static fn(string $name): bool => trim($name) !== '');

        return array_values(array_unique(array_map(trim(...), $names)));
    }

    private function errors(): OutputInterface
    {
        $output = $this->output->getOutput();

        return $output instanceof ConsoleOutputInterface ? $output->getErrorOutput() : $output;
    }

    private function screenOn(OutputInterface $output, bool $isForPrograms, bool $isPatient = false): Screen
    {
        if ($output instanceof StreamOutput) {
            return new Screen($output->getStream(), $isForPrograms, $output->isDecorated(), $isPatient);
        }
        // As where a test calls it: a screen wants something that can be waited for.
        $stream = tmpfile();
        if ($stream === false) {
            throw new \RuntimeException('no temporary file can be made');
        }
        $this->kept[] = [$output, $stream];

        return new Screen($stream, $isForPrograms, false, $isPatient);
    }
}
