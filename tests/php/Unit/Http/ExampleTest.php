<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Http;

use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

/** examples/metrics.php in a process of its own. */
#[RequiresPhpExtension('apn_ami')]
final class ExampleTest extends TestCase
{
    private const float PATIENCE = 10.0;

    public function test_it_answers_while_it_listens_and_leaves_on_a_signal(): void
    {
        if (!Simulator::isThere() || !is_file(\dirname(__DIR__, 4) . '/vendor/autoload.php')) {
            self::markTestSkipped('needs the simulator and Composer\'s autoloader');
        }
        $simulator = new Simulator('--nodes', '1');
        preg_match('~/\S*apn_ami\.so$~m', (string) file_get_contents('/proc/self/maps'), $extension);
        $command = [PHP_BINARY, '-d', 'display_errors=1', '-d', 'extension=' . ($extension[0] ?? 'apn_ami'), \dirname(__DIR__, 4) . '/examples/metrics.php'];
        $environment = ['AMI_PORT' => (string) current($simulator->nodes), 'AMI_HTTP_LISTEN' => '127.0.0.1:0', 'AMI_HTTP_READY' => 'all'] + getenv();
        $worker = proc_open($command, [1 => ['pipe', 'w']], $pipes, null, $environment);
        self::assertNotFalse($worker);
        self::assertSame(1, preg_match('~^metrics are at (http://\S+)/metrics$~', rtrim((string) fgets($pipes[1])), $found));
        // Curl and file_get_contents() read a whole answer, as probes do.
        $get = static fn(string $path): string => (string) file_get_contents($found[1] . $path, false, stream_context_create(['http' => ['ignore_errors' => true]]));
        for ($until = microtime(true) + self::PATIENCE; $get('/readyz') !== "1 of 1 servers are ready\n";) {
            self::assertLessThan($until, microtime(true));
        }
        self::assertSame("ok\n", $get('/healthz'));
        self::assertStringContainsString("\nami_sessions_total{server_key=\"pbx\",server_host=\"127.0.0.1\"} 1\n", $get('/metrics'));
        proc_terminate($worker);
        self::assertMatchesRegularExpression('~^stopped by signal after \d+ ticks and \d+ calls$~', rtrim((string) stream_get_contents($pipes[1])));
        self::assertSame(0, proc_close($worker));
    }
}
