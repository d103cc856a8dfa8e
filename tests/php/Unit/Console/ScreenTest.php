<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Console;

use Apn\AmiClient\Console\Screen;
use PHPUnit\Framework\TestCase;

/** What a slow, stopped or closed reader does to whoever shows something: nothing. */
final class ScreenTest extends TestCase
{
    public function test_a_reader_that_does_not_read_never_holds_the_writer_up_and_what_it_misses_is_counted(): void
    {
        [$reading, $writing] = $this->pipe();
        $screen = new Screen($writing, true);
        for ($line = 0; $line < 20_000; $line++) {
            $screen->line(str_pad("line $line", 99));
            if ($line % 100 === 0) {
                $screen->show();
            }
        }
        $screen->show();
        self::assertGreaterThan(10_000, $screen->leftOutInAll);

        stream_set_blocking($reading, false);
        $got = '';
        for ($until = hrtime(true) + 10_000_000_000; hrtime(true) < $until;) {
            $screen->show();
            $part = (string) fread($reading, 65_536);
            if ($part === '') {
                break;
            }
            $got .= $part;
        }
        $lines = explode("\n", rtrim($got));
        self::assertSame(20_000, \count($lines) + $screen->leftOutInAll, 'what was shown and what was left out is all there was');
        self::assertSame([], array_filter($lines, static fn(string $line): bool => preg_match('/\Aline \d+ *\z/', $line) !== 1), 'nothing but whole lines');
        self::assertSame('line 19999', rtrim(end($lines)), 'the latest stay');
    }

    public function test_few_long_lines_are_bounded_too(): void
    {
        [, $writing] = $this->pipe();
        $screen = new Screen($writing, true);
        for ($line = 0; $line < 40; $line++) {
            $screen->line(str_repeat('x', 1_000_000));
        }
        self::assertGreaterThan(20, $screen->leftOutInAll);
    }

    public function test_an_answer_is_shown_whole_to_a_reader_that_takes_its_time(): void
    {
        $code = 'require ' . var_export(\dirname(__DIR__, 4) . '/php/Console/Screen.php', true) . ';
            $screen = new Apn\AmiClient\Console\Screen(STDOUT, isPatient: true);
            for ($line = 0; $line < 20_000; $line++) { $screen->whole("line $line"); }
            $screen->whole(str_repeat("x", 20_000_000));
            $screen->finish(0.0); fwrite(STDERR, "left out: $screen->leftOutInAll");';
        $process = proc_open([PHP_BINARY, '-n', '-d', 'memory_limit=-1', '-r', $code], [0 => ['file', '/dev/null', 'r'], 1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes);
        self::assertIsResource($process);
        $got = '';
        while (\is_string($part = fread($pipes[1], 1_000_000)) && $part !== '') {
            $got .= $part;
        }
        self::assertSame('left out: 0', stream_get_contents($pipes[2]));
        self::assertSame(0, proc_close($process));
        self::assertSame(20_001, substr_count($got, "\n"));
        self::assertStringStartsWith("line 0\n", $got);
        self::assertStringEndsWith("line 19999\n" . str_repeat('x', 20_000_000) . "\n", $got);
    }

    public function test_a_pipe_without_a_reader_is_seen_before_anything_is_written(): void
    {
        [$reading, $writing] = $this->pipe();
        $screen = new Screen($writing, true);
        self::assertTrue($screen->hasReader());
        $screen->line('something');
        $screen->show();
        self::assertTrue($screen->hasReader(), 'a reader that has something to read');
        fclose($reading);
        self::assertFalse($screen->hasReader());
        $screen->line('more');
        $screen->finish(60.0);
        self::assertTrue($screen->gone);
    }

    public function test_people_are_told_of_what_was_left_out_and_programs_get_nothing_but_lines(): void
    {
        foreach ([true, false] as $isForPrograms) {
            $file = tmpfile();
            self::assertIsResource($file);
            $screen = new Screen($file, $isForPrograms);
            for ($line = 0; $line < 2_500; $line++) {
                $screen->line("line $line");
            }
            $screen->finish(10.0);
            rewind($file);
            $first = (string) fgets($file);
            self::assertSame($isForPrograms ? 0 : 1, preg_match('/lines left out/', $first));
        }
    }

    public function test_escape_codes_of_a_server_do_not_reach_a_terminal(): void
    {
        self::assertSame('.[31mred..', Screen::clean("\e[31mred\x07\r"));
        self::assertSame('caf.', Screen::clean("caf\xe9"));
    }

    public function test_a_terminal_gets_colours_and_lines_that_fit_and_what_is_to_be_copied_whole(): void
    {
        $code = 'require ' . var_export(\dirname(__DIR__, 4) . '/php/Console/Screen.php', true) . ';
            $screen = new Apn\AmiClient\Console\Screen(STDOUT);
            $screen->line(str_repeat("a", 300)); $screen->whole(str_repeat("b", 300)); $screen->line($screen->colour("red", 31));
            $screen->status(["below"]); $screen->show(); $screen->status([]); $screen->line("end"); $screen->finish(10.0);';
        $process = proc_open([PHP_BINARY, '-n', '-r', $code], [0 => ['file', '/dev/null', 'r'], 1 => ['pty']], $pipes, null, ['TERM' => 'xterm', 'PATH' => (string) getenv('PATH')]);
        self::assertIsResource($process);
        $shown = '';
        // The end of a terminal is an error to whoever reads it.
        while (!str_contains($shown, 'end') && \is_string($line = @fgets($pipes[1]))) {
            $shown .= $line;
        }
        proc_close($process);
        self::assertMatchesRegularExpression('/^a{20,299}\r$/m', $shown);
        self::assertMatchesRegularExpression('/^b{300}\r$/m', $shown);
        self::assertStringContainsString("\e[31mred\e[0m", $shown);
        self::assertStringContainsString("below\r\n\r\e[1A\e[Jend", $shown, 'what stays below is replaced');
    }

    /** @return array{resource, resource} where it is read, and where it is written */
    private function pipe(): array
    {
        // The shell holds nothing but the pipe: `sleep` would be a process to be waited for.
        $path = sys_get_temp_dir() . '/apn-ami-pipe-' . getmypid() . '-' . bin2hex(random_bytes(4));
        self::assertTrue(posix_mkfifo($path, 0o600));
        $both = fopen($path, 'r+');
        $reading = fopen($path, 'r');
        $writing = fopen($path, 'w');
        unlink($path);
        self::assertIsResource($both);
        self::assertIsResource($reading);
        self::assertIsResource($writing);
        fclose($both);

        return [$reading, $writing];
    }
}
