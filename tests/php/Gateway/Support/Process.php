<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway\Support;

use Apn\AmiClient\Gateway\ClientSettings;
use Apn\AmiClient\Gateway\GatewayManager;
use Apn\AmiClient\Gateway\RedisBroker;
use Apn\AmiClient\Gateway\Seal;
use Apn\AmiClient\Gateway\Sender;

/** One of the programs beside this file; it ends with this object. */
final class Process
{
    /** @var resource */
    private $process;

    /** @var resource */
    private $output;

    /** @param array<string, mixed> $arguments */
    public function __construct(string $program, array $arguments)
    {
        // The file that this process has mapped, wherever that was named.
        $maps = (string) @file_get_contents('/proc/self/maps');
        $extension = preg_match('~\S*/(?:lib)?apn_ami\.so$~m', $maps, $match) === 1 ? $match[0] : 'apn_ami';
        $process = proc_open(
            [PHP_BINARY, '-d', 'display_errors=stderr', '-d', "extension=$extension", __DIR__ . "/$program.php", json_encode($arguments, JSON_THROW_ON_ERROR)],
            [0 => ['file', '/dev/null', 'r'], 1 => ['pipe', 'w'], 2 => STDERR],
            $pipes,
        );
        $process !== false || throw new \RuntimeException("cannot run $program");
        [$this->process, $this->output] = [$process, $pipes[1]];
    }

    public function __destruct()
    {
        $this->signal(9);
        proc_close($this->process);
    }

    public function signal(int $signal): void
    {
        $status = proc_get_status($this->process);
        if ($status['running']) {
            posix_kill($status['pid'], $signal);
        }
    }

    public function id(): int
    {
        return proc_get_status($this->process)['pid'];
    }

    public function isRunning(): bool
    {
        return proc_get_status($this->process)['running'];
    }

    /** @return array<array-key, mixed> what it says at its end */
    public function result(): array
    {
        $result = json_decode((string) stream_get_contents($this->output), true);

        return \is_array($result) ? $result : throw new \RuntimeException('it ended without a result');
    }

    /** @param list<string> $servers */
    public static function manager(int $redis, string $driver, array $servers, ?ClientSettings $settings = null): GatewayManager
    {
        $broker = new RedisBroker(Connections::to($redis, $driver, 2.0, 1.0), 'gateway:');

        return new GatewayManager(new Sender($broker, new Seal(InMemory::KEY), $settings ?? new ClientSettings()), $servers);
    }
}
