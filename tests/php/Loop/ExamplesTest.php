<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;
use React\EventLoop\Loop;
use Revolt\EventLoop;

/** The examples do what they say, in processes of their own. */
#[RequiresPhpExtension('apn_ami')]
final class ExamplesTest extends TestCase
{
    private const float PATIENCE = 10.0;

    /** @param class-string $needed */
    #[DataProvider('examples')]
    public function test_it_hears_events_gets_answers_and_leaves_on_a_signal(string $example, string $needed): void
    {
        if (!class_exists($needed) || !Simulator::isThere()) {
            self::markTestSkipped("needs $needed and the simulator");
        }
        $simulator = new Simulator('--nodes', '1');
        $root = \dirname(__DIR__, 3);
        $command = [PHP_BINARY, '-d', 'display_errors=1', '-d', 'extension=' . self::extension(), "$root/examples/$example.php"];
        $environment = ['AMI_PORT' => (string) current($simulator->nodes)] + getenv();
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes, null, $environment);
        self::assertNotFalse($process);
        $said = '';
        $began = microtime(true);
        while (!str_contains($said, 'CoreStatus: ') || !str_contains($said, 'first event: ')) {
            self::assertLessThan(self::PATIENCE, microtime(true) - $began, $said);
            $read = [$pipes[1]];
            $none = null;
            if (stream_select($read, $none, $none, 1) === 1) {
                $said .= fread($pipes[1], 8192);
            }
            self::assertFalse(feof($pipes[1]), $said);
        }
        proc_terminate($process);
        $said .= stream_get_contents($pipes[1]);
        self::assertSame(0, proc_close($process), $said);
        self::assertMatchesRegularExpression('/signal 15: goodbye\n\d+ events in \d+ ticks\n$/', $said);
        self::assertStringNotContainsString('Warning', $said);
    }

    /** @return iterable<string, array{string, class-string}> */
    public static function examples(): iterable
    {
        yield 'Revolt' => ['revolt', EventLoop::class];
        yield 'ReactPHP' => ['react', Loop::class];
    }

    /** The extension that is loaded here. */
    private static function extension(): string
    {
        preg_match('~/\S*apn_ami\.so$~m', (string) file_get_contents('/proc/self/maps'), $found);

        return $found[0] ?? 'apn_ami';
    }
}
