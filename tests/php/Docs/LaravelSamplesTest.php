<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What a page shows of Laravel as files makes an application, and that does what the page says. tests/php/Laravel runs the fragments. */
final class LaravelSamplesTest extends TestCase
{
    /** For a call to come and end. */
    private const int LISTEN_SECONDS = 2;

    private string $folder = '';

    private ?Simulator $simulator = null;

    protected function setUp(): void
    {
        if (!class_exists(\Illuminate\Foundation\Application::class)) {
            self::markTestSkipped('Laravel is not installed');
        }
        $this->folder = sys_get_temp_dir() . '/ami-laravel-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        $this->simulator = new Simulator('--nodes', '1', '--calls', '10');
    }

    protected function tearDown(): void
    {
        $this->simulator = null;
        if ($this->folder !== '') {
            exec('rm -r ' . escapeshellarg($this->folder));
        }
    }

    /** @return array<string, array{string}> */
    public static function pages(): array
    {
        $pages = [];
        foreach (Sample::all() as $sample) {
            if ($sample->wants('laravel') && $sample->as() !== null) {
                $pages[$sample->file] = [$sample->file];
            }
        }

        return $pages;
    }

    #[DataProvider('pages')]
    public function test_the_application_of_a_page_does_what_it_says(string $page): void
    {
        $samples = array_filter(Sample::all(), static fn(Sample $sample): bool => $sample->file === $page && $sample->wants('laravel'));
        foreach ($samples as $sample) {
            if ($sample->as() !== null) {
                $this->put($sample->as(), $sample->code);
            }
        }
        $looked = 0;
        foreach ($samples as $sample) {
            $said = match (true) {
                $sample->command() !== null => $this->listen($sample->command()),
                $sample->as() === 'routes/web.php' => $this->application('get', '/call/1000'),
                default => null,
            };
            if ($said === null) {
                continue;
            }
            foreach ($sample->says() as $words) {
                self::assertStringContainsString($words, $said);
            }
            $looked++;
        }
        self::assertGreaterThan(0, $looked, 'nothing of the page was run');
    }

    /** What its console says and what it logs. */
    private function listen(string $command): string
    {
        self::assertStringStartsWith('php artisan ', $command);
        $said = $this->application('artisan', ...[...\array_slice(explode(' ', $command), 2), '--max-time=' . self::LISTEN_SECONDS]);

        return $said . @file_get_contents("$this->folder/storage/logs/laravel.log");
    }

    private function put(string $file, string $text): void
    {
        $file = "$this->folder/$file";
        if (!is_dir(\dirname($file))) {
            mkdir(\dirname($file), recursive: true);
        }
        file_put_contents($file, $text);
    }

    private function application(string ...$arguments): string
    {
        $command = [PHP_BINARY, '-d', 'display_errors=1', '-d', 'extension=' . ManualTest::built('libapn_ami.so'), __DIR__ . '/application.php', ...array_values($arguments)];
        $environment = [
            'APP_KEY' => 'base64:' . base64_encode(str_repeat('k', 32)),
            'AMI_HOST' => '127.0.0.1', 'AMI_PORT' => (string) ($this->simulator->nodes['pbx1'] ?? 0), 'AMI_USERNAME' => 'dialer', 'AMI_SECRET' => 's3cret',
            'CACHE_STORE' => 'file', 'SESSION_DRIVER' => 'array', 'LOG_CHANNEL' => 'single',
        ] + getenv();
        $process = proc_open(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', [['file', '/dev/null', 'r'], ['pipe', 'w']], $pipes, $this->folder, $environment);
        self::assertIsResource($process);
        $said = (string) stream_get_contents($pipes[1]);
        self::assertSame(0, proc_close($process), $said);

        return $said;
    }
}
