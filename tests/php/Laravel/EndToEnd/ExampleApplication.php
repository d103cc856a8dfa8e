<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\EndToEnd;

use PHPUnit\Framework\TestCase;

/** A copy of examples/laravel, with this package installed by Composer; it ends its processes when it goes. */
final class ExampleApplication
{
    /** A loaded machine starts PHP and Laravel within seconds. */
    private const float WAIT_SECONDS = 60.0;

    private const int COMPOSER_SECONDS = 300;

    public readonly string $folder;

    /** @var array<string, resource> by name */
    private array $processes = [];

    /** @param string $version of Laravel, such as `12` */
    public function __construct(private readonly string $version)
    {
        $target = (string) getenv('CARGO_TARGET_DIR');
        $this->folder = ($target !== '' ? $target : self::project() . '/target') . "/laravel/example-$version";
    }

    public function __destruct()
    {
        foreach ($this->processes as $process) {
            proc_terminate($process, 9);
            proc_close($process);
        }
    }

    /** Where Composer can fetch nothing, which is nothing to skip over in CI. */
    public static function skipWithoutPackages(TestCase $test): void
    {
        if (getenv('CI') === 'true') {
            return;
        }
        exec('COMPOSER_ALLOW_SUPERUSER=1 timeout 60 composer show --available --no-interaction laravel/framework 2>&1', $output, $status);
        if ($status !== 0) {
            $test::markTestSkipped('Composer can fetch no packages');
        }
    }

    /** Copies it, and has Composer install it: what Composer runs of the application runs without the extension. */
    public function install(): void
    {
        // What Composer put there the last time saves it the work; all else is to be new.
        $folder = escapeshellarg($this->folder);
        exec("mkdir -p $folder && find $folder -mindepth 1 -maxdepth 1 ! -name vendor -exec rm -rf {} + && rm -rf $folder/vendor/apn"
            . ' && cp -R ' . escapeshellarg(self::project()) . "/examples/laravel/. $folder && rm -rf $folder/.env $folder/bootstrap/cache/*.php", result_code: $status);
        $status === 0 || throw new \RuntimeException('cannot copy the example');
        $manifest = json_decode((string) file_get_contents("$this->folder/composer.json"), true);
        \is_array($manifest) || throw new \RuntimeException('there is no composer.json');
        $manifest = array_replace_recursive($manifest, [
            'repositories' => [['url' => self::project()]],
            'require' => ['laravel/framework' => "^$this->version.0", 'predis/predis' => '^3.0'],
        ]);
        file_put_contents("$this->folder/composer.json", json_encode($manifest, \JSON_THROW_ON_ERROR | \JSON_PRETTY_PRINT | \JSON_UNESCAPED_SLASHES));
        $this->run(['timeout', (string) self::COMPOSER_SECONDS, 'composer', 'update', '--no-interaction', '--no-progress', '--ignore-platform-req=ext-apn_ami']);
    }

    /** @param array<string, string|int> $values over those of .env.example */
    public function env(array $values): void
    {
        $lines = (string) file_get_contents("$this->folder/.env.example");
        foreach ($values as $name => $value) {
            $lines = preg_replace("/^$name=.*\n/m", '', $lines) . "$name=$value\n";
        }
        file_put_contents("$this->folder/.env", $lines);
    }

    /**
     * Runs `artisan` with the extension to its end.
     *
     * @return string what it said
     */
    public function artisan(string ...$arguments): string
    {
        return $this->run([...self::php(), 'artisan', '--no-ansi', ...array_values($arguments)]);
    }

    /** Starts `artisan` with the extension, and goes on. */
    public function start(string $name, string ...$arguments): void
    {
        $this->spawn($name, [...self::php(), 'artisan', '--no-ansi', ...array_values($arguments)]);
    }

    /** Serves the application without the extension: a web server need not have it. Returns its address. */
    public function serve(): string
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $address = $socket === false ? false : stream_socket_get_name($socket, false);
        if ($socket === false || $address === false) {
            throw new \RuntimeException('no port is free');
        }
        fclose($socket);
        $this->spawn('web', [\PHP_BINARY, '-S', $address, '-t', 'public', 'public/index.php']);
        $this->waitFor('the web server', static function () use ($address): bool {
            $connection = @stream_socket_client("tcp://$address");

            return $connection !== false && fclose($connection);
        });

        return $address;
    }

    /** Asks a process to end as a supervisor does, and waits for it. Returns its exit code. */
    public function stop(string $name): int
    {
        $process = $this->processes[$name];
        proc_terminate($process, 15);
        $code = null;
        $this->waitFor("the end of $name", static function () use ($process, &$code): bool {
            $status = proc_get_status($process);
            $code = $status['exitcode'];

            return !$status['running'];
        });
        unset($this->processes[$name]);
        proc_close($process);

        return $code ?? -1;
    }

    public function waitForLog(string $text): string
    {
        $this->waitFor("\"$text\" in the log", fn(): bool => str_contains($this->log(), $text));

        return $this->log();
    }

    public function log(): string
    {
        return (string) @file_get_contents("$this->folder/storage/logs/laravel.log");
    }

    /** @param \Closure(): bool $done */
    public function waitFor(string $what, \Closure $done): void
    {
        $end = microtime(true) + self::WAIT_SECONDS;
        while (!$done()) {
            if (microtime(true) > $end) {
                throw new \RuntimeException("waited in vain for $what\n" . $this->outputs() . "\nlaravel.log: " . substr($this->log(), -4000));
            }
            usleep(20_000);
        }
    }

    /** What the processes said so far. */
    public function outputs(): string
    {
        $outputs = '';
        foreach ((array) glob("$this->folder/storage/logs/*.out") as $file) {
            $outputs .= basename((string) $file, '.out') . ': ' . substr((string) file_get_contents((string) $file), -2000) . "\n";
        }

        return $outputs;
    }

    /** @param list<string> $command */
    private function spawn(string $name, array $command): void
    {
        $output = ['file', "$this->folder/storage/logs/$name.out", 'a'];
        $process = proc_open($command, [['file', '/dev/null', 'r'], $output, $output], $pipes, $this->folder, self::environment());
        $this->processes[$name] = $process === false ? throw new \RuntimeException("cannot start $name") : $process;
    }

    /** @param list<string> $command */
    private function run(array $command): string
    {
        $file = (string) tempnam(sys_get_temp_dir(), 'said');
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', $file, 'a'], ['file', $file, 'a']], $pipes, $this->folder, self::environment());
        $status = $process === false ? -1 : proc_close($process);
        $said = (string) file_get_contents($file);
        unlink($file);
        if ($status !== 0) {
            throw new \RuntimeException(implode(' ', $command) . " ended with $status: $said");
        }

        return $said;
    }

    /**
     * Without what PHPUnit's own configuration or another application says: an `.env` does not go over the environment.
     *
     * @return array<string, string>
     */
    private static function environment(): array
    {
        return ['COMPOSER_ALLOW_SUPERUSER' => '1']
            + array_filter(getenv(), static fn(string $name): bool => preg_match('/^(APP|AMI|DB|REDIS|CACHE|QUEUE|LOG)_/', $name) !== 1, \ARRAY_FILTER_USE_KEY);
    }

    /** @return list<string> */
    private static function php(): array
    {
        return [\PHP_BINARY, '-d', 'extension=' . self::extension()];
    }

    /** The one that this process has loaded, wherever it was built. */
    private static function extension(): string
    {
        preg_match('~\S+/libapn_ami\.so~', (string) file_get_contents('/proc/self/maps'), $loaded);

        return $loaded[0] ?? 'apn_ami';
    }

    private static function project(): string
    {
        return \dirname(__DIR__, 4);
    }
}
