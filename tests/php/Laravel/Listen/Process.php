<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Listen;

/** A command of the test's application, as a process of its own; killed with this object. */
final class Process
{
    /** @var resource */
    private $process;

    public readonly int $id;

    private ?int $status = null;

    /**
     * @param array<string, mixed> $config by dotted path
     * @param string $events for EventFile
     */
    public function __construct(string $folder, array $config, public readonly string $events, public readonly string $output, string ...$arguments)
    {
        $command = [\PHP_BINARY, ...self::extension(), __DIR__ . '/artisan.php', ...array_values($arguments)];
        $process = proc_open(
            $command,
            [['file', '/dev/null', 'r'], ['file', $output, 'a'], ['file', $output, 'a']],
            $pipes,
            null,
            ['FOLDER' => $folder, 'CONFIG' => json_encode($config, \JSON_THROW_ON_ERROR), 'EVENTS' => $events] + getenv(),
        );
        if ($process === false) {
            throw new \RuntimeException('cannot run ' . \PHP_BINARY);
        }
        $this->process = $process;
        $this->id = proc_get_status($process)['pid'];
    }

    public function __destruct()
    {
        $this->signal(SIGKILL);
        proc_close($this->process);
    }

    public function signal(int $signal): void
    {
        if ($this->status() === null) {
            posix_kill($this->id, $signal);
        }
    }

    /** Its exit code, 128 and more where a signal ended it; null while it runs. */
    public function status(): ?int
    {
        if ($this->status === null) {
            $status = proc_get_status($this->process);
            if (!$status['running']) {
                $this->status = $status['signaled'] ? 128 + $status['termsig'] : $status['exitcode'];
            }
        }

        return $this->status;
    }

    /** @return list<string> what follows this word in the lines of its events file, whole lines only */
    public function lines(string $word): array
    {
        $text = is_file($this->events) ? (string) file_get_contents($this->events) : '';
        preg_match_all("/^$word ?(.*)\\n/m", $text, $found);

        return $found[1];
    }

    public function output(): string
    {
        return (string) file_get_contents($this->output);
    }

    /** @return list<string> how the extension was loaded here, where php.ini does not say it */
    private static function extension(): array
    {
        $isLoaded = preg_match('~ (/\S*apn_ami\S*\.so)$~m', (string) file_get_contents('/proc/self/maps'), $found) === 1;

        return $isLoaded ? ['-d', "extension=$found[1]"] : [];
    }
}
