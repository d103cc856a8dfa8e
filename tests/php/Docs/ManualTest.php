<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What the manual shows in PHP is run as it stands: whole scripts against the simulator, fragments for their errors. */
final class ManualTest extends TestCase
{
    private const string ROOT = __DIR__ . '/../../..';

    /** What a fragment may take for granted. */
    private const string PRELUDE = '<?php namespace Apn\\AmiClient; require getenv("BOOTSTRAP"); $secret = $secret2 = "s3cret";';

    /** What one that uses a manager may take for granted besides. */
    private const string READY = <<<'PHP'
        use Throwable;
        $server = ['host' => '127.0.0.1', 'port' => (int) getenv('AMI_PORT'), 'username' => 'dialer', 'secret' => 's3cret'];
        $manager = AmiClientManager::fromConfig(['default' => 'pbx1', 'servers' => ['pbx1' => $server]]);
        $manager->default()->waitUntilReady();

        PHP;

    /** @var resource|null */
    private mixed $simulator = null;

    protected function tearDown(): void
    {
        if ($this->simulator !== null) {
            proc_terminate($this->simulator);
            proc_close($this->simulator);
        }
    }

    /** @return array<string, array{string}> the scripts of which the page shows what they say; SamplesTest runs the others */
    public static function scripts(): array
    {
        return self::blocks(static fn(Sample $sample): bool => $sample->isScript() && $sample->marker === '');
    }

    /** @return array<string, array{string}> */
    public static function fragments(): array
    {
        return self::blocks(static fn(Sample $sample): bool => !$sample->isScript() && $sample->marker === '');
    }

    #[DataProvider('scripts')]
    public function test_a_script_runs_from_beginning_to_end(string $code): void
    {
        $said = $this->run_php($code, ['AMI_PORT' => $this->start_simulator()]);
        self::assertStringContainsString('Originate successfully queued: Success', $said);
        self::assertStringContainsString(' events about queues', $said);
        self::assertStringEndsWith("bye\n", $said);
    }

    #[DataProvider('scripts')]
    public function test_a_script_says_why_it_cannot_log_in(string $code): void
    {
        $port = $this->start_simulator();
        $said = $this->run_php($code, ['AMI_PORT' => $port, 'AMI_SECRET' => 'wrong'], 1);
        self::assertSame("\"pbx1\" (127.0.0.1:$port): the login was refused: Authentication failed\n", $said);
    }

    #[DataProvider('fragments')]
    public function test_a_fragment_can_be_used(string $code): void
    {
        $environment = ['PBX1_SECRET' => 'one', 'PBX2_SECRET' => 'two', 'BOOTSTRAP' => self::ROOT . '/tests/bootstrap.php'];
        if (str_contains($code, '$manager->') && !str_contains($code, '$manager = ')) {
            $environment['AMI_PORT'] = $this->start_simulator();
            $code = self::READY . $code;
        }
        self::assertSame('', $this->run_php(self::PRELUDE . $code, $environment));
    }

    /**
     * @param \Closure(Sample): bool $which
     *
     * @return array<string, array{string}> the code by file and place
     */
    private static function blocks(\Closure $which): array
    {
        $samples = array_filter(Sample::of('php'), static fn(array $one): bool => $which($one[0]));

        return array_map(static fn(array $one): array => [$one[0]->code], $samples);
    }

    /** @return string the port of a node that lives as long as the test */
    private function start_simulator(): string
    {
        $command = [self::built('ami-simulator'), '--nodes', '1', '--port', '0', '--parent-pid', (string) getmypid()];
        $simulator = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w']], $pipes);
        self::assertIsResource($simulator);
        $this->simulator = $simulator;
        // It says where each node listens before anything else: "pbx1 127.0.0.1:15038".
        self::assertSame(1, preg_match('/:(\d+)$/', rtrim((string) fgets($pipes[1])), $found));

        return $found[1];
    }

    /**
     * @param array<string, string> $environment
     *
     * @return string everything that the script wrote
     */
    private function run_php(string $code, array $environment, int $exit = 0): string
    {
        $command = [PHP_BINARY, '-n', '-d', 'display_errors=1', '-d', 'extension=' . self::built('libapn_ami.so')];
        $php = proc_open($command, [['pipe', 'r'], ['pipe', 'w']], $pipes, null, $environment);
        self::assertIsResource($php);
        fwrite($pipes[0], $code);
        fclose($pipes[0]);
        $said = (string) stream_get_contents($pipes[1]);
        self::assertSame($exit, proc_close($php), $said);

        return $said;
    }

    public static function built(string $file): string
    {
        $target = getenv('CARGO_TARGET_DIR');
        $file = ($target === false ? self::ROOT . '/target' : $target) . '/debug/' . $file;
        if (!is_file($file)) {
            self::markTestSkipped("{$file} is not built");
        }

        return $file;
    }
}
