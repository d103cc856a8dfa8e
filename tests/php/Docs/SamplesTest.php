<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * What README and manual show is run as it stands: scripts against the simulator, commands where they do no harm. What cannot be run says
 * why, and is listed in not-run.txt.
 */
final class SamplesTest extends TestCase
{
    private const string ROOT = __DIR__ . '/../../..';

    /** Languages of the fences, and whether they are code. */
    private const array LANGUAGES = ['php' => true, 'sh' => true, 'ini' => true, 'dotenv' => true, 'json' => true, 'yaml' => true, 'rust' => true, 'text' => false];

    /** What a script that should come to an end may take. */
    private const float SECONDS = 30.0;

    private string $folder = '';

    protected function tearDown(): void
    {
        if ($this->folder !== '') {
            exec('rm -r ' . escapeshellarg($this->folder));
        }
    }

    public function test_every_fence_says_what_it_is(): void
    {
        foreach (Sample::all() as $sample) {
            self::assertArrayHasKey($sample->language, self::LANGUAGES, "$sample->file, block $sample->place");
            if ($sample->marker !== '') {
                self::assertMatchesRegularExpression('/^(syntax, .+|run|run, .+|run with autoload, says .+|run, says .+|until ".+"( with autoload)?|with laravel, (as [\w.\/-]+|in tinker|runs "[^"]+")(, says .+)?)$/', $sample->marker, "$sample->file, block $sample->place");
            }
        }
    }

    public function test_each_marker_stands_right_before_a_block(): void
    {
        $pages = glob(self::ROOT . '/{docs/*,README}.md', GLOB_BRACE);
        self::assertIsArray($pages);
        $markers = array_sum(array_map(static fn(string $file): int => substr_count((string) file_get_contents($file), '<!-- sample:'), $pages));
        self::assertCount($markers, array_filter(Sample::all(), static fn(Sample $sample): bool => $sample->marker !== ''));
    }

    public function test_what_is_not_run_is_listed_with_its_reason(): void
    {
        $notRun = [];
        foreach (Sample::all() as $sample) {
            $reason = $sample->reasonNotToRun();
            if ($reason !== null) {
                $notRun[] = "$sample->file, $sample->language: $reason";
            }
        }
        self::assertSame(implode("\n", $notRun) . "\n", file_get_contents(__DIR__ . '/not-run.txt'), 'a sample is not run any more, or is again: change the list');
    }

    /** @return array<string, array{Sample}> */
    public static function scripts(): array
    {
        return array_filter(Sample::of('php'), static fn(array $one): bool => $one[0]->isScript() && $one[0]->marker !== '' && $one[0]->reasonNotToRun() === null && !$one[0]->wants('laravel'));
    }

    #[DataProvider('scripts')]
    public function test_a_script_does_what_the_page_says(Sample $sample): void
    {
        if (str_contains($sample->code, 'use React\\') && !interface_exists('React\EventLoop\LoopInterface')) {
            self::markTestSkipped('ReactPHP is not installed');
        }
        $simulator = new Simulator('--nodes', '1', '--calls', '10');
        $said = $this->runScript($sample, (string) $simulator->nodes['pbx1']);
        foreach ($sample->says() as $words) {
            self::assertStringContainsString($words, $said);
        }
        self::assertStringNotContainsString('Warning', $said);
        self::assertStringNotContainsString('Fatal', $said);
    }

    /** @return array<string, array{Sample}> */
    public static function phpNotRun(): array
    {
        return array_filter(Sample::of('php'), static fn(array $one): bool => $one[0]->reasonNotToRun() !== null);
    }

    #[DataProvider('phpNotRun')]
    public function test_php_that_is_not_run_can_be_parsed(Sample $sample): void
    {
        $file = $this->folder() . '/sample.php';
        file_put_contents($file, ($sample->isScript() ? '' : "<?php\n") . $sample->code);
        exec(escapeshellarg(PHP_BINARY) . ' -n -l ' . escapeshellarg($file) . ' 2>&1', $said, $status);
        self::assertSame(0, $status, implode("\n", $said));
    }

    /** @return array<string, array{Sample}> */
    public static function shell(): array
    {
        return Sample::of('sh');
    }

    #[DataProvider('shell')]
    public function test_commands_can_be_parsed_and_are_there(Sample $sample): void
    {
        self::assertSame('', $this->bash($sample->code, '-n'));
        $help = (string) file_get_contents(self::ROOT . '/dev');
        preg_match_all('~\./dev +([a-z]+)~', $sample->code, $commands);
        foreach ($commands[1] as $command) {
            self::assertMatchesRegularExpression("/^  [a-z -|]*\\b$command\\b.*\\)/m", $help, "./dev has no command $command");
        }
        preg_match_all('~(?:^|\s)((?:examples|bench|tests|docs|tools|monitoring)/[\w./-]+)~', $sample->code, $files);
        foreach ($files[1] as $file) {
            self::assertFileExists(self::ROOT . "/$file");
        }
        if (str_starts_with($sample->marker, 'run')) {
            $said = $this->bash($sample->code, '-eu');
            foreach ($sample->says() as $words) {
                self::assertStringContainsString($words, $said);
            }
        }
    }

    /** @return array<string, array{Sample}> */
    public static function settings(): array
    {
        return Sample::of('ini', 'dotenv', 'json', 'yaml', 'rust');
    }

    #[DataProvider('settings')]
    public function test_settings_can_be_parsed(Sample $sample): void
    {
        match ($sample->language) {
            'ini', 'dotenv' => self::assertNotEmpty(parse_ini_string((string) preg_replace('/=.*/', '= x', $sample->code), true, INI_SCANNER_RAW)),
            'json' => self::assertNotNull(json_decode($sample->code, true, flags: JSON_THROW_ON_ERROR)),
            'yaml' => $this->assertYaml($sample->code),
            default => $this->assertRust($sample->code),
        };
    }

    private function assertYaml(string $yaml): void
    {
        self::assertDoesNotMatchRegularExpression('/\t/', $yaml);
        foreach ([self::ROOT . '/target/docs-venv/bin/python', 'python3'] as $python) {
            exec("$python -c 'import yaml' 2>&1", $none, $status);
            if ($status === 0) {
                $file = $this->folder() . '/sample.yaml';
                file_put_contents($file, $yaml);
                exec("$python -c 'import sys, yaml; list(yaml.safe_load_all(open(sys.argv[1])))' " . escapeshellarg($file) . ' 2>&1', $said, $failed);
                self::assertSame(0, $failed, implode("\n", $said));

                return;
            }
        }
        self::markTestSkipped('no Python with PyYAML');
    }

    private function assertRust(string $code): void
    {
        exec('rustfmt --version 2>&1', $none, $status);
        if ($status !== 0) {
            self::markTestSkipped('no rustfmt');
        }
        $file = $this->folder() . '/sample.rs';
        file_put_contents($file, "fn sample() {\n$code\n}\n");
        exec('rustfmt --edition 2024 ' . escapeshellarg($file) . ' 2>&1', $said, $failed);
        self::assertSame(0, $failed, implode("\n", $said));
    }

    /** @return string everything that it wrote */
    private function runScript(Sample $sample, string $port): string
    {
        $folder = $this->folder();
        file_put_contents("$folder/sample.php", str_replace('15038', $port, $sample->code));
        if ($sample->wants('autoload')) {
            mkdir("$folder/vendor");
            file_put_contents("$folder/vendor/autoload.php", '<?php require ' . var_export(self::ROOT . '/tests/bootstrap.php', true) . ';');
        }
        $command = [PHP_BINARY, '-n', '-d', 'display_errors=1', '-d', 'extension=' . ManualTest::built('libapn_ami.so'), "$folder/sample.php"];
        $php = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], ['file', "$folder/errors", 'w']], $pipes, $folder, ['AMI_PORT' => $port] + getenv());
        self::assertIsResource($php);
        stream_set_blocking($pipes[1], false);
        $said = '';
        $until = microtime(true) + self::SECONDS;
        $isAsked = false;
        while (!feof($pipes[1]) && microtime(true) < $until) {
            $read = [$pipes[1]];
            $write = $except = null;
            stream_select($read, $write, $except, 0, 200_000);
            $said .= stream_get_contents($pipes[1]);
            $seen = $said . file_get_contents("$folder/errors");
            if ($sample->isEndless() && !$isAsked && array_all($sample->says(), static fn(string $words): bool => str_contains($seen, $words))) {
                $isAsked = proc_terminate($php);
            }
        }
        $isLate = microtime(true) >= $until;
        if ($isLate) {
            proc_terminate($php, 9);
        }
        $status = proc_close($php);
        self::assertFalse($isLate, "it did not end in time; it wrote: $said");
        $said .= file_get_contents("$folder/errors");
        self::assertSame(0, $status, $said);

        return $said;
    }

    private function bash(string $code, string $mode): string
    {
        $folder = $this->folder();
        file_put_contents("$folder/sample.sh", $code);
        exec('cd ' . escapeshellarg($folder) . " && bash $mode sample.sh 2>&1", $said, $status);
        self::assertSame(0, $status, implode("\n", $said));

        return implode("\n", $said);
    }

    private function folder(): string
    {
        if ($this->folder === '') {
            $this->folder = sys_get_temp_dir() . '/ami-sample-' . bin2hex(random_bytes(6));
            mkdir($this->folder);
        }

        return $this->folder;
    }
}
