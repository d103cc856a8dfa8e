<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Bench;

use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;
use Psr\Log\AbstractLogger;

/**
 * What ./dev bench and ./dev soak show on a machine of their own in minutes, here in seconds: with all bounds that are counts.
 */
#[RequiresPhpExtension('apn_ami')]
final class ProgramsTest extends TestCase
{
    protected function setUp(): void
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('the simulator has not been built');
        }
    }

    public function test_a_flood_of_ten_times_too_much_loses_nothing_that_is_not_counted(): void
    {
        if (!class_exists(AbstractLogger::class)) {
            self::markTestSkipped('needs psr/log');
        }
        [$status, $said] = self::execute('bench/flood.php', ['--seconds=3', '--cost=500', '--queue=500', '--judge=counts']);
        self::assertSame(0, $status, $said);
        self::assertMatchesRegularExpression('/holes in the numbers that the listener saw +[1-9][\d,]* +[1-9][\d,]* dropped +kept/', $said);
        self::assertSame(2, preg_match_all('/log records of drops: [2-9], at least apart +\d{4} ms/', $said), $said);
    }

    public function test_pipelined_actions_and_a_dialers_calls_end_once_each(): void
    {
        [$status, $said] = self::execute('bench/pipeline.php', ['--actions=2000', '--rounds=4', '--calls=200', '--seconds=2', '--in-flight=100', '--judge=counts']);
        self::assertSame(0, $status, $said);
        self::assertMatchesRegularExpression('/in flight at one time, at most +20 +<= 20 +kept/', $said);
    }

    public function test_a_soak_sees_floods_losses_and_reconnects(): void
    {
        [$status, $said] = self::execute('tests/soak/soak.php', ['6', '--judge=counts']);
        self::assertSame(0, $status, $said);
    }

    public function test_a_tick_with_nothing_to_do_allocates_nothing(): void
    {
        [$status, $said] = self::execute('bench/idle.php', []);
        self::assertSame(0, $status, $said);
        if (str_contains($said, 'left out')) {
            self::markTestSkipped(trim($said));
        }
        self::assertStringContainsString('allocations of an idle tick', $said);
    }

    public function test_an_event_is_measured_on_its_way_to_listeners_that_do_more_and_more(): void
    {
        [$status, $said] = self::execute('bench/dispatch.php', ['--events=3000', '--rounds=2', '--judge=counts']);
        self::assertSame(0, $status, $said);
        self::assertSame(4, preg_match_all('/^ +(no|an empty|three|all) [a-z ]+?(?: +\d+){3}$/m', $said), $said);
        self::assertMatchesRegularExpression('/parse and dispatch to an empty closure +\d+ ns +<= 300 ns +not judged/', $said);
    }

    #[DataProvider('rates')]
    public function test_the_dialer_of_the_examples_calls_everybody_once(string $calls, string $expected): void
    {
        if (!is_file(\dirname(__DIR__, 3) . '/vendor/autoload.php')) {
            self::markTestSkipped('the examples need the autoloader of Composer');
        }
        $simulator = new Simulator('--nodes', '1', '--calls', '0');
        [$status, $said] = self::execute('examples/dialer.php', [$calls, '200', '5'], ['AMI_PORT' => (string) current($simulator->nodes)]);
        self::assertSame([0, $expected], [$status, $said]);
    }

    public function test_the_dialer_of_the_examples_refuses_what_is_no_number_before_it_calls(): void
    {
        self::assertSame([2, ''], self::execute('examples/dialer.php', ['ten'], ['AMI_PORT' => '1']));
        self::assertSame([2, ''], self::execute('examples/dialer.php', ['0'], ['AMI_PORT' => '1']));
    }

    /** @return iterable<string, array{string, string}> */
    public static function rates(): iterable
    {
        yield 'some' => ['30', "27 answered\n3 not answered\n0 unknown\n"];
        yield 'one' => ['1', "1 answered\n0 not answered\n0 unknown\n"];
    }

    /**
     * @param list<string> $arguments
     * @param array<string, string> $environment
     *
     * @return array{int, string} exit status and output
     */
    private static function execute(string $program, array $arguments, array $environment = []): array
    {
        $root = \dirname(__DIR__, 3);
        $command = [PHP_BINARY, '-d', 'display_errors=1', '-d', 'extension=' . self::extension(), "$root/$program", ...$arguments];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes, null, $environment + getenv());
        self::assertNotFalse($process);
        $said = (string) stream_get_contents($pipes[1]);

        return [proc_close($process), $said];
    }

    /** The extension that is loaded here. */
    private static function extension(): string
    {
        preg_match('~/\S*apn_ami\.so$~m', (string) file_get_contents('/proc/self/maps'), $found);

        return $found[0] ?? 'apn_ami';
    }
}
