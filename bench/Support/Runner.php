<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** Runs a driver in a PHP process of its own, so that no client meets another's heap, classes or compiled code. */
final readonly class Runner
{
    /** Seconds after which a driver is given up: some lose the event that they wait for. */
    private const int PATIENCE = 120;

    /** Settings of PHP in all processes; the JIT's come besides. */
    private const array SETTINGS = ['opcache.enable_cli=1', 'display_errors=stderr', 'log_errors=0'];

    private const array WITH_JIT = ['opcache.jit=tracing', 'opcache.jit_buffer_size=64M'];

    private const array WITHOUT_JIT = ['opcache.jit=disable'];

    /** @param string $extension the built extension; empty where PHP loads it by itself */
    public function __construct(private string $extension) {}

    /** The settings, as a table of figures has to state them. */
    public static function describe(): string
    {
        return 'opcache.enable_cli=1, ' . implode(', ', self::WITH_JIT) . '; where the JIT is off, ' . implode(', ', self::WITHOUT_JIT);
    }

    /** @throws \RuntimeException where the driver fails, with what it said */
    public function run(Client $client, Work $work, bool $jit, int $port, int $number): Sample
    {
        $settings = [...self::SETTINGS, ...($jit ? self::WITH_JIT : self::WITHOUT_JIT)];
        if ($client->name === Clients::OURS && $this->extension !== '') {
            $settings[] = "extension=$this->extension";
        }
        $command = [PHP_BINARY];
        foreach ($settings as $setting) {
            array_push($command, '-d', $setting);
        }
        array_push($command, \dirname(__DIR__) . "/drivers/$client->name.php", $work->value, (string) $port, (string) $number, $client->autoload ?? '');
        $errors = tmpfile();
        $process = $errors === false ? false : proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], $errors], $pipes);
        if ($errors === false || $process === false) {
            throw new \RuntimeException('cannot run ' . PHP_BINARY);
        }
        $output = '';
        $end = microtime(true) + self::PATIENCE;
        do {
            [$read, $write, $except] = [[$pipes[1]], null, null];
            if (microtime(true) > $end) {
                proc_terminate($process, 9);
            } elseif (stream_select($read, $write, $except, 1) > 0) {
                $output .= fread($pipes[1], 1 << 16);
            }
        } while (!feof($pipes[1]));
        $status = proc_close($process);
        rewind($errors);
        $said = trim((string) stream_get_contents($errors));
        if ($status !== 0 || $said !== '') {
            $line = (string) strtok($said, "\n");
            throw new \RuntimeException(match (true) {
                microtime(true) > $end => 'no result within ' . self::PATIENCE . ' s',
                $line !== '' => $line,
                default => "it ended with status $status",
            });
        }

        return Sample::fromJson($output, $number);
    }
}
