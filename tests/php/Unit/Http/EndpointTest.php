<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Http;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Http\Endpoint;
use Apn\AmiClient\Http\ListenException;
use Apn\AmiClient\Http\Readiness;
use Apn\AmiClient\Tests\Support\Simulator;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

#[RequiresPhpExtension('apn_ami')]
final class EndpointTest extends TestCase
{
    private const float PATIENCE = 10.0;

    private const string GET = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

    public function test_it_tells_metrics_in_the_format_that_is_asked_for(): void
    {
        $endpoint = self::opened();
        $answer = self::ask($endpoint, "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n");
        self::assertStringStartsWith("HTTP/1.1 200 OK\r\n", $answer);
        self::assertStringContainsString("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n", $answer);
        self::assertStringContainsString("\nami_ready{server_key=\"nobody\",server_host=\"127.0.0.1\"} 0\n", $answer);
        [$head, $body] = explode("\r\n\r\n", $answer, 2);
        self::assertStringContainsString("\r\nContent-Length: " . \strlen($body) . "\r\n", $head);
        // As Prometheus 2.42 asks.
        $accept = 'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
        $answer = self::ask($endpoint, "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: $accept\r\n\r\n");
        self::assertStringContainsString("\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n", $answer);
        self::assertStringEndsWith("\n# EOF\n", $answer);
        $refused = "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text;version=1.0.0;q=0, text/plain\r\n\r\n";
        self::assertStringContainsString('version=0.0.4', self::ask($endpoint, $refused));
    }

    /** @param non-empty-string $request */
    #[DataProvider('requests')]
    public function test_a_request_gets_the_status_that_is_its_own(string $request, int $status): void
    {
        self::assertMatchesRegularExpression("~^HTTP/1\\.1 $status ~", self::ask(self::opened(), $request));
    }

    /** @return iterable<string, array{string, int}> */
    public static function requests(): iterable
    {
        yield 'a probe' => [self::GET, 200];
        yield 'one of HTTP/1.0' => ["GET /healthz HTTP/1.0\r\n\r\n", 200];
        yield 'with a query' => ["GET /healthz?x=1 HTTP/1.1\r\nHost: x\r\n\r\n", 200];
        yield 'with an empty body' => ["GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 200];
        yield 'nothing is ready' => ["GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n", 503];
        yield 'another path' => ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", 404];
        yield 'another method' => ["POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 405];
        yield 'with a body' => ["GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 413];
        yield 'with chunks' => ["GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 413];
        yield 'without a host' => ["GET /metrics HTTP/1.1\r\n\r\n", 400];
        yield 'with two lengths' => ["GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n", 400];
        yield 'with a folded header' => ["GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400];
        yield 'not HTTP' => ["Action: Login\r\nUsername: x\r\n\r\n", 400];
        yield 'TLS' => ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400];
        yield 'HTTP/2' => ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505];
        yield 'a head as long as may be' => ['GET /healthz HTTP/1.1' . "\r\nHost: x\r\nA: " . str_repeat('a', 8_192 - 35) . "\r\n\r\n", 200];
        yield 'a longer head' => ['GET /healthz HTTP/1.1' . "\r\nHost: x\r\nA: " . str_repeat('a', 8_192 - 34) . "\r\n\r\n", 431];
        yield 'a head without an end' => [str_repeat('a', 100_000), 431];
    }

    public function test_head_gets_the_head_alone(): void
    {
        $answer = self::ask(self::opened(), "HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        self::assertStringContainsString("\r\nContent-Length: 3\r\n", $answer);
        self::assertStringEndsWith("\r\n\r\n", $answer);
    }

    public function test_it_is_ready_with_one_server_or_with_all_of_them(): void
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('needs the simulator');
        }
        $simulator = new Simulator('--nodes', '1');
        $nobody = ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 's'];
        $manager = AmiClientManager::fromConfig(['servers' => $simulator->servers() + ['down' => $nobody]]);
        $manager->connectAll();
        $manager->server('pbx1')->waitUntilReady();
        $request = "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n";
        $any = self::ask(self::opened($manager), $request, $manager);
        self::assertStringStartsWith('HTTP/1.1 200 ', $any);
        self::assertMatchesRegularExpression("~\r\n\r\n1 of 2 servers are ready\ndown: reconnecting, io_error\n\$~D", $any);
        $all = self::ask(self::opened($manager, Readiness::All), $request, $manager);
        self::assertStringStartsWith('HTTP/1.1 503 ', $all);
        $manager->removeServer('down');
        self::assertStringStartsWith('HTTP/1.1 200 ', self::ask(self::opened($manager, Readiness::All), $request, $manager));
    }

    public function test_no_poll_waits_for_a_client_that_is_slow_and_its_time_ends(): void
    {
        $endpoint = self::opened();
        $slow = self::connect($endpoint);
        fwrite($slow, 'GET /metrics');
        stream_set_blocking($slow, false);
        $longest = 0.0;
        $said = '';
        $began = microtime(true);
        while (!feof($slow)) {
            $before = microtime(true);
            $endpoint->poll();
            $longest = max($longest, microtime(true) - $before);
            self::assertLessThan(self::PATIENCE, microtime(true) - $began);
            self::wait($slow, 20_000);
            $said .= fread($slow, 8_192);
        }
        self::assertStringStartsWith('HTTP/1.1 408 ', $said);
        self::assertGreaterThan(1.9, microtime(true) - $began);
        self::assertLessThan(0.5, $longest);
    }

    public function test_a_client_that_reads_nothing_keeps_nobody_from_an_answer(): void
    {
        $servers = [];
        for ($number = 0; $number < 400; $number++) {
            $servers["pbx$number"] = ['host' => '192.0.2.1', 'username' => 'u', 'secret' => 's'];
        }
        $endpoint = self::opened(AmiClientManager::fromConfig(['servers' => $servers]));
        $deaf = self::connect($endpoint);
        fwrite($deaf, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
        for ($poll = 0; $poll < 100 && !$endpoint->isBusy(); $poll++) {
            self::wait($deaf, 10_000);
            $endpoint->poll();
        }
        self::assertTrue($endpoint->isBusy(), 'more than the socket takes at once');
        self::assertStringStartsWith('HTTP/1.1 200 ', self::ask($endpoint, self::GET));
        // And it still gets all of it, when it reads.
        $said = self::hear($endpoint, $deaf);
        [$head, $body] = explode("\r\n\r\n", $said, 2);
        self::assertStringContainsString("\r\nContent-Length: " . \strlen($body) . "\r\n", $head);
        self::assertGreaterThan(2_000_000, \strlen($body));
    }

    /** What is closed over unread bytes is reset, and the answer may be lost with it. */
    public function test_a_client_that_says_too_much_may_end_before_its_connection_does(): void
    {
        $endpoint = self::opened();
        $client = self::connect($endpoint);
        stream_set_blocking($client, false);
        $left = str_repeat('a', 500_000);
        for ($until = microtime(true) + self::PATIENCE; $left !== '';) {
            self::assertLessThan($until, microtime(true));
            $endpoint->poll();
            $sent = @fwrite($client, substr($left, 0, 50_000));
            self::assertNotFalse($sent, \strlen($left) . ' bytes were refused');
            $left = substr($left, $sent);
        }
        self::assertStringStartsWith('HTTP/1.1 431 ', self::hear($endpoint, $client));
    }

    public function test_more_clients_than_are_served_at_a_time_wait_for_their_turn(): void
    {
        $endpoint = self::opened();
        $silent = array_map(static fn(): mixed => self::connect($endpoint), range(1, Endpoint::MAX_CONNECTIONS));
        $endpoint->poll();
        $late = self::connect($endpoint);
        fwrite($late, self::GET);
        for ($poll = 0; $poll < 5; $poll++) {
            $endpoint->poll();
        }
        stream_set_blocking($late, false);
        self::assertSame('', fread($late, 100));
        array_map(fclose(...), $silent);
        self::assertStringStartsWith('HTTP/1.1 200 ', self::hear($endpoint, $late));
    }

    public function test_it_says_so_where_the_port_is_taken(): void
    {
        $first = self::opened();
        $listen = (string) $first->address();
        $listener = new Listener(self::manager(), new Limits(ticks: 1), tickTimeoutMs: 0);
        try {
            $listener->serve(new Endpoint(self::manager(), $listen))->run();
            self::fail('nothing was thrown');
        } catch (ListenException $error) {
            self::assertSame($listen, $error->listen);
            self::assertSame("cannot listen on $listen: Address already in use", $error->getMessage());
        }
        $first->close();
        $second = new Endpoint(self::manager(), $listen);
        $second->open();
        self::assertSame($listen, $second->address());
    }

    #[DataProvider('addresses')]
    public function test_an_address_that_is_none_is_refused(string $listen): void
    {
        $this->expectException(\InvalidArgumentException::class);
        $this->expectExceptionMessage("\"$listen\"");
        new Endpoint(self::manager(), $listen);
    }

    /** @return iterable<array{string}> */
    public static function addresses(): iterable
    {
        yield from [[''], ['9238'], ['127.0.0.1'], ['127.0.0.1:99999'], ['localhost:9238'], ['::1:9238'], ["127.0.0.1:1\n"]];
    }

    public function test_the_environment_turns_it_on(): void
    {
        $manager = self::manager();
        try {
            self::assertNull(Endpoint::fromEnvironment($manager));
            putenv('AMI_HTTP_LISTEN=127.0.0.1:0');
            self::assertNotNull(Endpoint::fromEnvironment($manager));
            putenv('AMI_HTTP_READY=some');
            $this->expectExceptionMessage('AMI_HTTP_READY: "some" is neither');
            Endpoint::fromEnvironment($manager);
        } finally {
            putenv('AMI_HTTP_LISTEN');
            putenv('AMI_HTTP_READY');
        }
    }

    public function test_the_worker_serves_it_from_its_beginning_to_its_end(): void
    {
        $manager = self::manager();
        $endpoint = new Endpoint($manager, '127.0.0.1:0');
        $listener = new Listener($manager, new Limits(seconds: self::PATIENCE), tickTimeoutMs: 10);
        $client = null;
        $said = '';
        $listener->onTick(static function () use ($listener, $endpoint, &$client, &$said): void {
            if ($client === null) {
                $client = self::connect($endpoint);
                fwrite($client, self::GET);
                stream_set_blocking($client, false);
            }
            $said .= fread($client, 8_192);
            if (feof($client)) {
                $listener->stop();
            }
        });
        $listener->serve($endpoint)->run();
        self::assertStringStartsWith('HTTP/1.1 200 ', $said);
        self::assertNull($endpoint->address());
    }

    #[RequiresPhpExtension('pcntl')]
    public function test_a_forked_process_takes_nothing_from_its_parent(): void
    {
        $endpoint = self::opened();
        $client = self::connect($endpoint);
        fwrite($client, "GET /healthz HTTP/1.1\r\n");
        $endpoint->poll();
        $child = pcntl_fork();
        if ($child === 0) {
            $endpoint->poll();
            $endpoint->close();
            posix_kill((int) getmypid(), SIGKILL);
        }
        pcntl_waitpid($child, $status);
        fwrite($client, "Host: x\r\n\r\n");
        self::assertStringStartsWith('HTTP/1.1 200 ', self::hear($endpoint, $client));
        self::assertStringStartsWith('HTTP/1.1 200 ', self::ask($endpoint, self::GET));
    }

    public function test_a_program_that_outlives_it_does_not_keep_the_port(): void
    {
        $endpoint = self::opened();
        $address = (string) $endpoint->address();
        // It ends with its input, and has whatever PHP does not close for it.
        $program = proc_open(['cat'], [['pipe', 'r']], $pipes);
        self::assertNotFalse($program);
        try {
            $endpoint->close();
            $next = new Endpoint(self::manager(), $address);
            $next->open();
            self::assertSame($address, $next->address());
        } finally {
            fclose($pipes[0]);
            proc_close($program);
        }
    }

    private static function manager(): AmiClientManager
    {
        return AmiClientManager::fromConfig(['servers' => [
            'nobody' => ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 's'],
        ]]);
    }

    private static function opened(?AmiClientManager $manager = null, Readiness $readiness = Readiness::Any): Endpoint
    {
        $endpoint = new Endpoint($manager ?? self::manager(), '127.0.0.1:0', $readiness);
        $endpoint->open();

        return $endpoint;
    }

    /** @return resource */
    private static function connect(Endpoint $endpoint): mixed
    {
        $client = stream_socket_client('tcp://' . $endpoint->address());
        self::assertNotFalse($client);

        return $client;
    }

    private static function ask(Endpoint $endpoint, string $request, ?AmiClientManager $manager = null): string
    {
        $client = self::connect($endpoint);
        fwrite($client, $request);

        return self::hear($endpoint, $client, $manager);
    }

    /** @param resource $client */
    private static function hear(Endpoint $endpoint, mixed $client, ?AmiClientManager $manager = null): string
    {
        stream_set_blocking($client, false);
        $said = '';
        $until = microtime(true) + self::PATIENCE;
        while (!feof($client)) {
            self::assertLessThan($until, microtime(true), $said);
            $manager?->tickAll(0);
            $endpoint->poll();
            self::wait($client, 1_000);
            $said .= fread($client, 1_000_000);
        }

        return $said;
    }

    /** @param resource $client */
    private static function wait(mixed $client, int $microseconds): void
    {
        [$read, $none] = [[$client], null];
        stream_select($read, $none, $none, 0, $microseconds);
    }
}
