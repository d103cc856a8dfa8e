<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Log;

use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Log\LineWriter;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;

#[RequiresPhpExtension('posix')]
final class LineWriterTest extends TestCase
{
    private string $path;

    protected function setUp(): void
    {
        $this->path = (string) tempnam(sys_get_temp_dir(), 'ami-lines');
    }

    protected function tearDown(): void
    {
        @unlink($this->path);
    }

    public function test_lines_are_added_to_a_file_whole(): void
    {
        file_put_contents($this->path, "before\n");
        $writer = self::writer($this->path);
        self::assertTrue($writer->write('one'));
        self::assertTrue($writer->write("two\r\nwith an end inside"));
        self::assertSame("before\none\ntwo  with an end inside\n", file_get_contents($this->path));
        self::assertSame([0, 0], [$writer->waitingBytes(), $writer->droppedLines()]);
    }

    public function test_a_reader_that_does_not_read_stops_nobody_and_gets_whole_lines_later(): void
    {
        [$reader, $writer] = $this->pipe(bufferBytes: 100_000);
        // 64 KiB lie in the pipe and 100,000 bytes in the buffer; writing would wait for ever without them.
        $kept = 0;
        for ($i = 0; $i < 5_000; $i++) {
            $kept += $writer->write(sprintf('%05d %s', $i, str_repeat('x', 93))) ? 1 : 0;
        }
        self::assertGreaterThan(1_000, $kept);
        self::assertSame(5_000 - $kept, $writer->droppedLines());
        self::assertLessThanOrEqual(100_000, $writer->waitingBytes());
        self::assertFalse($writer->flush(0.05), 'the reader still reads nothing');

        $lines = self::readAll($reader, $writer);
        self::assertSame('dropped ' . (5_000 - $kept), array_pop($lines));
        self::assertCount($kept, $lines);
        foreach ($lines as $number => $line) {
            self::assertSame(sprintf('%05d %s', $number, str_repeat('x', 93)), $line);
        }
        self::assertTrue($writer->write('after'));
        self::assertSame("after\n", fgets($reader));
    }

    public function test_drops_are_said_before_the_next_line_once_there_is_room(): void
    {
        [$reader, $writer] = $this->pipe(bufferBytes: 8_192);
        $i = 0;
        while ($writer->write(str_repeat('y', 1_000)) && $i++ < 1_000) {
        }
        $lines = self::readAll($reader, $writer);
        self::assertSame('dropped 1', end($lines));
        $writer->write('next');
        self::assertSame("next\n", fgets($reader));
    }

    public function test_a_closed_pipe_is_opened_again_and_gets_no_half_line(): void
    {
        [$reader, $writer] = $this->pipe(bufferBytes: 100_000);
        for ($i = 0; $i < 1_000; $i++) {
            $writer->write(sprintf('%05d %s', $i, str_repeat('x', 93)));
        }
        self::assertGreaterThan(0, $writer->waitingBytes());
        fclose($reader);
        self::assertTrue($writer->write('nobody reads'), 'it waits');
        self::assertTrue($writer->write('nor this'));
        $reader = fopen($this->path, 'rn');
        self::assertIsResource($reader);
        $lines = self::readAll($reader, $writer);
        self::assertContains('nobody reads', $lines);
        self::assertContains('nor this', $lines);
        foreach ($lines as $line) {
            self::assertMatchesRegularExpression('/^(\d{5} x{93}|nobody reads|nor this|dropped \d+)$/', $line);
        }
    }

    #[TestWith(['/dev/full'])]
    #[TestWith(['/proc/self/no-such-folder/log'])]
    public function test_what_cannot_be_written_waits_within_the_limit(string $path): void
    {
        $writer = self::writer($path, 8_192);
        set_error_handler(static fn(int $level, string $message): never => throw new \ErrorException($message));
        try {
            for ($i = 0; $i < 1_000; $i++) {
                $writer->write(str_repeat('z', 100));
            }
            self::assertFalse($writer->flush());
        } finally {
            restore_error_handler();
        }
        self::assertGreaterThan(900, $writer->droppedLines());
        self::assertLessThanOrEqual(8_192, $writer->waitingBytes());
    }

    public function test_a_stream_that_is_given_keeps_its_mode_and_is_not_waited_for(): void
    {
        $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        self::assertIsArray($pair);
        [$ours, $theirs] = $pair;
        $writer = self::writer($ours, 100_000);
        for ($i = 0; $i < 10_000; $i++) {
            $writer->write(sprintf('%05d %s', $i, str_repeat('x', 93)));
        }
        self::assertTrue(stream_get_meta_data($ours)['blocked']);
        self::assertGreaterThan(0, $writer->droppedLines());
        stream_set_blocking($theirs, false);
        $lines = self::readAll($theirs, $writer);
        self::assertSame('dropped ' . $writer->droppedLines(), array_pop($lines));
        self::assertCount(10_000 - $writer->droppedLines(), $lines);
    }

    public function test_a_stream_of_memory_takes_everything(): void
    {
        $stream = fopen('php://memory', 'r+');
        self::assertIsResource($stream);
        $writer = self::writer($stream);
        $writer->write('one');
        self::assertTrue($writer->flush(1.0));
        self::assertSame("one\n", stream_get_contents($stream, -1, 0));
    }

    #[TestWith(['"php://stderr"'])]
    #[TestWith(['STDERR'])]
    public function test_stderr_stays_as_it_was_for_all_who_share_it(string $stream): void
    {
        $code = 'require ' . var_export(\dirname(__DIR__, 4) . '/php/Log/LineWriter.php', true) . ';'
            . '$flags = static fn() => preg_match("/^flags:\s+(\d+)$/m", file_get_contents("/proc/self/fdinfo/2"), $found) === 1 ? octdec($found[1]) & 04000 : -1;'
            . "\$writer = new Apn\\AmiClient\\Log\\LineWriter($stream, strval(...)); \$writer->write('x'); \$before = \$flags();"
            // More than the pipe takes: it returns, though nobody reads.
            . 'for ($i = 0; $i < 2000; $i++) { $writer->write(str_repeat("x", 999)); } echo $before, " ", $flags(), " ", $writer->waitingBytes() > 0 ? "waits" : "", "\n";'
            . '$writer->flush(10);';
        $options = ['-n', '-d', 'extension=' . self::extension()];
        $process = proc_open([PHP_BINARY, ...$options, '-r', $code], [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes);
        self::assertIsResource($process);
        self::assertSame("0 0 waits\n", fgets($pipes[1]));
        $lines = explode("\n", rtrim((string) stream_get_contents($pipes[2]), "\n"));
        self::assertSame('x', $lines[0]);
        self::assertSame([999], array_values(array_unique(array_map(strlen(...), \array_slice($lines, 1, -1)))));
        self::assertSame(0, proc_close($process));
    }

    public function test_who_shares_a_stderr_that_is_a_file_overwrites_nothing(): void
    {
        $code = 'require ' . var_export(\dirname(__DIR__, 4) . '/php/Log/LineWriter.php', true) . ';'
            . '$writer = new Apn\AmiClient\Log\LineWriter("php://stderr", strval(...));'
            . 'foreach (["a", "b", "c"] as $line) { $writer->write($line); fwrite(STDERR, "warning\n"); }';
        // Not for appending, as a shell's 2> does it.
        $process = proc_open([PHP_BINARY, '-n', '-d', 'extension=' . self::extension(), '-r', $code], [2 => ['file', $this->path, 'w']], $pipes);
        self::assertIsResource($process);
        self::assertSame(0, proc_close($process));
        self::assertSame("a\nwarning\nb\nwarning\nc\nwarning\n", file_get_contents($this->path));
    }

    public function test_a_moved_file_is_left_when_it_is_opened_anew(): void
    {
        $writer = self::writer($this->path);
        $writer->write('one');
        rename($this->path, "$this->path.1");
        $writer->write('two');
        $writer->reopen();
        $writer->write('three');
        self::assertSame(["one\ntwo\n", "three\n"], [file_get_contents("$this->path.1"), file_get_contents($this->path)]);
        unlink("$this->path.1");
    }

    public function test_a_line_that_is_too_long_is_dropped_and_said(): void
    {
        $writer = self::writer($this->path);
        self::assertFalse($writer->write(str_repeat('x', LineWriter::LINE_BYTES)));
        self::assertTrue($writer->write('next'));
        self::assertSame("dropped 1\nnext\n", file_get_contents($this->path));
    }

    #[RequiresPhpExtension('pcntl')]
    public function test_a_forked_child_does_not_write_what_is_its_parents(): void
    {
        [$reader, $writer] = $this->pipe(bufferBytes: 100_000);
        for ($i = 0; $i < 1_000; $i++) {
            $writer->write(sprintf('%05d %s', $i, str_repeat('x', 93)));
        }
        $waiting = $writer->waitingBytes();
        $child = pcntl_fork();
        if ($child === 0) {
            posix_kill((int) getmypid(), $writer->flush(5.0) && $writer->waitingBytes() === 0 ? SIGKILL : SIGTERM);
        }
        pcntl_waitpid($child, $status);
        self::assertIsInt($status);
        self::assertTrue(pcntl_wifsignaled($status));
        self::assertSame(SIGKILL, pcntl_wtermsig($status), 'the child had nothing to write');
        self::assertSame($waiting, $writer->waitingBytes());
        self::assertSame(1_000, \count(array_unique(self::readAll($reader, $writer))) + $writer->droppedLines() - ($writer->droppedLines() > 0 ? 1 : 0));
    }

    #[RequiresPhpExtension('pcntl')]
    public function test_a_forked_child_that_opens_anew_writes_nothing_of_its_parents(): void
    {
        [$reader, $writer] = $this->pipe(bufferBytes: 100_000);
        for ($i = 0; $i < 1_500; $i++) {
            $writer->write(sprintf('%05d %s', $i, str_repeat('x', 93)));
        }
        self::assertGreaterThan(0, $writer->waitingBytes());
        $child = pcntl_fork();
        if ($child === 0) {
            // Room for what the parent has in its buffer.
            stream_get_contents($reader);
            $writer->reopen();
            posix_kill((int) getmypid(), (string) stream_get_contents($reader) === '' ? SIGKILL : SIGTERM);
        }
        pcntl_waitpid($child, $status);
        self::assertIsInt($status);
        self::assertTrue(pcntl_wifsignaled($status));
        self::assertSame(SIGKILL, pcntl_wtermsig($status), 'the child wrote what its parent writes, too');
    }

    #[TestWith([''])]
    #[TestWith(["a\0b"])]
    #[TestWith([null])]
    #[TestWith([2])]
    public function test_what_is_no_stream_is_refused(mixed $stream): void
    {
        $this->expectException(InvalidConfigurationException::class);
        self::writer($stream);
    }

    public function test_a_buffer_that_is_too_small_is_refused(): void
    {
        $this->expectExceptionMessage('bufferBytes: 8191 is less than 8192');
        self::writer($this->path, 8_191);
    }

    private static function writer(mixed $stream, int $bufferBytes = LineWriter::BUFFER_BYTES): LineWriter
    {
        return new LineWriter($stream, static fn(int $dropped): string => "dropped $dropped", $bufferBytes);
    }

    /** @return array{resource, LineWriter} both ends of a named pipe */
    private function pipe(int $bufferBytes): array
    {
        unlink($this->path);
        self::assertTrue(posix_mkfifo($this->path, 0o600));
        $reader = fopen($this->path, 'rn');
        self::assertIsResource($reader);

        return [$reader, self::writer($this->path, $bufferBytes)];
    }

    /**
     * @param resource $reader
     *
     * @return list<string> the lines, until the writer has none
     */
    private static function readAll(mixed $reader, LineWriter $writer): array
    {
        $text = '';
        for ($until = microtime(true) + 10; microtime(true) < $until;) {
            $isEmpty = $writer->flush();
            $read = (string) stream_get_contents($reader);
            $text .= $read;
            if ($isEmpty && $read === '') {
                break;
            }
        }
        self::assertStringEndsWith("\n", $text);

        return explode("\n", rtrim($text, "\n"));
    }

    private static function extension(): string
    {
        preg_match('~/\S*apn_ami\.so$~m', (string) file_get_contents('/proc/self/maps'), $found);

        return $found[0] ?? '';
    }
}
