<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Support;

/** A simulator of its own, on free ports; it ends with this object, or with this process. */
final class Simulator
{
    private const int START_SECONDS = 10;

    /** @var resource */
    private $process;

    /** @var resource|null */
    private $input;

    /** @var resource|null */
    private $output;

    /** @var non-empty-array<string, int> port by name */
    public readonly array $nodes;

    public function __construct(string ...$arguments)
    {
        $file = (string) tempnam(sys_get_temp_dir(), 'nodes');
        $command = [self::binary(), '--port', '0', '--listen-file', $file, '--parent-pid', (string) getmypid(), '--quiet', ...array_values($arguments)];
        $descriptors = [0 => ['file', '/dev/null', 'r']];
        if (\in_array('--stdin', $arguments, true)) {
            $descriptors = [0 => ['pipe', 'r'], 1 => ['pipe', 'w']];
        }
        $process = proc_open($command, $descriptors, $pipes);
        if ($process === false) {
            throw new \RuntimeException("cannot run $command[0]");
        }
        $this->process = $process;
        [$this->input, $this->output] = $pipes + [null, null];
        $deadline = microtime(true) + self::START_SECONDS;
        $lines = '';
        while ($lines === '') {
            if (microtime(true) > $deadline || !proc_get_status($process)['running']) {
                throw new \RuntimeException("the simulator did not start: $command[0]");
            }
            usleep(10_000);
            $lines = (string) file_get_contents($file);
        }
        unlink($file);
        $nodes = [];
        foreach (explode("\n", trim($lines)) as $line) {
            [$name, $address] = explode(' ', $line);
            $nodes[$name] = (int) substr($address, (int) strrpos($address, ':') + 1);
        }
        $this->nodes = $nodes;
    }

    public function __destruct()
    {
        proc_terminate($this->process);
        proc_close($this->process);
    }

    /** Leaves the processor to the others, as a node on another machine does. */
    public function stepBack(): void
    {
        exec('renice -n 19 -p ' . $this->processId() . ' 2>&1', $lines, $status);
        $status === 0 || throw new \RuntimeException(implode(' ', $lines));
    }

    public function processId(): int
    {
        return proc_get_status($this->process)['pid'];
    }

    /**
     * A fault by a line for its standard input, such as 'pbx2 fault reset'; it must have been started with --stdin. The fault is in force
     * when this returns.
     */
    public function command(string $line): void
    {
        if ($this->input === null || $this->output === null || fwrite($this->input, "$line\n") === false) {
            throw new \LogicException('this simulator takes no commands: it was not started with --stdin');
        }
        $answer = trim((string) fgets($this->output));
        if ($answer !== 'ok') {
            throw new \LogicException("the simulator says to \"$line\": $answer");
        }
    }

    /**
     * The nodes as fromConfig() takes them.
     *
     * @param array<string, mixed> $more settings of every server
     *
     * @return array<string, array<string, mixed>>
     */
    public function servers(array $more = []): array
    {
        return array_map(
            static fn(int $port): array => $more + ['host' => '127.0.0.1', 'port' => $port, 'username' => 'dialer', 'secret' => 's3cret'],
            $this->nodes,
        );
    }

    /** Whether the simulator has been built. */
    public static function isThere(): bool
    {
        return is_executable(self::binary());
    }

    /** What SIMULATOR names, or what was built, the release before the debug build. */
    private static function binary(): string
    {
        $given = (string) getenv('SIMULATOR');
        if ($given !== '') {
            return $given;
        }
        $target = (string) getenv('CARGO_TARGET_DIR');
        $target = $target !== '' ? $target : \dirname(__DIR__, 3) . '/target';
        $release = $target . '/release/ami-simulator';

        return is_executable($release) ? $release : $target . '/debug/ami-simulator';
    }
}
