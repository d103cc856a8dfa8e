<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Support;

/**
 * A Redis of a test's own, that can be killed and started again with what it had: all that it has answered is on disk. With its default,
 * `everysec`, what it wrote while an earlier write was being synced is gone.
 */
final class RedisServer
{
    private const float START_SECONDS = 20.0;

    private readonly string $folder;

    /** @var resource|null */
    private $process;

    /** @param list<string> $options of redis-server, such as `--cluster-enabled yes` */
    private function __construct(public readonly int $port, private readonly array $options)
    {
        // In memory where there is such a folder: each answer waits for its sync.
        $this->folder = (is_writable('/dev/shm') ? '/dev/shm' : sys_get_temp_dir()) . '/apn-ami-redis-' . getmypid() . '-' . $port;
        mkdir($this->folder);
    }

    public function __destruct()
    {
        $this->kill();
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($this->folder, \FilesystemIterator::SKIP_DOTS), \RecursiveIteratorIterator::CHILD_FIRST) as $file) {
            /** @var \SplFileInfo $file */
            $file->isDir() ? rmdir($file->getPathname()) : unlink($file->getPathname());
        }
        rmdir($this->folder);
    }

    /** Whether there is one of 7.0 or later: what a group has missed, and some options of a cluster, came with it. */
    public static function isThere(): bool
    {
        return preg_match('/ v=(\d+)\./', (string) shell_exec('redis-server --version 2>/dev/null'), $match) === 1 && (int) $match[1] >= 7;
    }

    /** @param list<string> $options */
    public static function start(array $options = []): self
    {
        $server = new self(self::freePort(), $options);
        $server->restart();

        return $server;
    }

    /** Without a word, as the machine would do that loses its power. */
    public function kill(): void
    {
        if ($this->process !== null) {
            proc_terminate($this->process, 9);
            proc_close($this->process);
            $this->process = null;
        }
    }

    public function restart(): void
    {
        $this->kill();
        $process = proc_open(
            [...self::leash(), 'redis-server', '--port', (string) $this->port, '--bind', '127.0.0.1', '--dir', $this->folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', ...$this->options],
            [0 => ['file', '/dev/null', 'r'], 1 => ['file', "$this->folder/log", 'a'], 2 => ['file', "$this->folder/log", 'a']],
            $pipes,
        );
        $this->process = $process === false ? throw new \RuntimeException('redis-server cannot be started') : $process;
        $end = microtime(true) + self::START_SECONDS;
        while (!$this->answers()) {
            if (microtime(true) > $end) {
                throw new \RuntimeException('redis-server does not answer: ' . file_get_contents("$this->folder/log"));
            }
            usleep(10_000);
        }
    }

    /** Takes connections and answers nothing, as a machine that hangs. */
    public function freeze(): void
    {
        $this->signal(19);
    }

    public function thaw(): void
    {
        $this->signal(18);
    }

    public function client(): \Redis
    {
        $client = new \Redis();
        $client->connect('127.0.0.1', $this->port, 5.0);
        $client->setOption(\Redis::OPT_READ_TIMEOUT, 10);

        return $client;
    }

    private function signal(int $signal): void
    {
        if ($this->process !== null) {
            proc_terminate($this->process, $signal);
        }
    }

    private function answers(): bool
    {
        $socket = @stream_socket_client("tcp://127.0.0.1:$this->port", $code, $message, 1.0);
        if ($socket === false) {
            return false;
        }
        stream_set_timeout($socket, 1);
        fwrite($socket, "PING\r\n");
        $answer = fgets($socket);
        fclose($socket);

        return $answer === "+PONG\r\n";
    }

    /** @return list<string> what ends it with a test run that is killed, where the system has it */
    private static function leash(): array
    {
        return is_executable('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];
    }

    public static function freePort(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $name = $socket === false ? false : stream_socket_get_name($socket, false);
        if ($socket === false || $name === false) {
            throw new \RuntimeException('no port is free');
        }
        fclose($socket);

        return (int) substr($name, (int) strrpos($name, ':') + 1);
    }
}
