<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Support;

/** A simulator of its own, on free ports; it ends with this object, or with this process. */
final class Simulator
{
    private const int START_SECONDS = 10;

    /** @var resource */
    private $process;

    /** @var non-empty-array<string, int> port by name */
    public readonly array $nodes;

    public function __construct(string ...$arguments)
    {
        $file = (string) tempnam(sys_get_temp_dir(), 'nodes');
        $command = [self::binary(), '--port', '0', '--listen-file', $file, '--parent-pid', (string) getmypid(), '--quiet', ...array_values($arguments)];
        $process = proc_open($command, [0 => ['file', '/dev/null', 'r']], $pipes);
        if ($process === false) {
            throw new \RuntimeException("cannot run $command[0]");
        }
        $this->process = $process;
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

    private static function binary(): string
    {
        $given = (string) getenv('SIMULATOR');
        $target = (string) getenv('CARGO_TARGET_DIR');

        return $given !== '' ? $given : ($target !== '' ? $target : \dirname(__DIR__, 3) . '/target') . '/release/ami-simulator';
    }
}
