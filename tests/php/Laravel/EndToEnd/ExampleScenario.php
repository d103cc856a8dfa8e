<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\EndToEnd;

use Apn\AmiClient\Tests\Support\RedisServer;
use PHPUnit\Framework\Assert;

/** The example as its README has it, from `composer update` to a call that a web request makes. */
final readonly class ExampleScenario
{
    /**
     * @param string $version of Laravel, such as `12`
     * @param string $server host:port of an Asterisk with the user `dialer`
     */
    public function __construct(private string $version, private string $server) {}

    public function run(): void
    {
        $redis = RedisServer::start();
        $application = new ExampleApplication($this->version);
        $application->install();
        Assert::assertStringContainsString('apn/ami-client', (string) file_get_contents("$application->folder/bootstrap/cache/packages.php"), 'it was not discovered');
        $this->publish($application);
        [$host, $port] = explode(':', $this->server);
        $application->env([
            'APP_KEY' => 'base64:' . base64_encode(random_bytes(32)),
            'REDIS_PORT' => $redis->port,
            'REDIS_CLIENT' => \extension_loaded('redis') ? 'phpredis' : 'predis',
            'AMI_HOST' => $host,
            'AMI_PORT' => $port,
            'AMI_SECRET' => 's3cret',
        ]);
        $application->artisan('config:cache');
        Assert::assertStringContainsString('through a listener', $application->artisan('about', '--only=ami_client'));

        $application->start('listen', 'ami:listen', '-v');
        $application->start('work', 'queue:work', '--sleep=0.1');
        $application->start('consume', 'ami:consume');
        $this->call($application, $application->serve());
        foreach (['consume', 'work', 'listen'] as $name) {
            Assert::assertSame(0, $application->stop($name), "exit code of $name: " . $application->outputs());
        }
    }

    private function publish(ExampleApplication $application): void
    {
        $file = "$application->folder/config/ami-client.php";
        $own = (string) file_get_contents($file);
        unlink($file);
        $application->artisan('vendor:publish', '--tag=ami-client-config');
        Assert::assertFileEquals(\dirname(__DIR__, 4) . '/php/Laravel/config/ami-client.php', $file);
        file_put_contents($file, $own);
    }

    private function call(ExampleApplication $application, string $address): void
    {
        $application->waitFor('a listener that is ready', static fn(): bool => str_contains($application->outputs(), 'main: ready'));
        [$status, $answer] = self::post("http://$address/calls", '1000');
        Assert::assertSame(201, $status, substr((string) json_encode($answer), 0, 500) . $application->outputs());
        Assert::assertSame('main', $answer['server'] ?? null);
        Assert::assertIsString($answer['call'] ?? null);
        foreach (['heard in a listener', 'heard in a job', 'read from the stream'] as $line) {
            Assert::assertMatchesRegularExpression("/$line .*\"event\":\"Hangup\"/", $application->waitForLog($line));
        }
        // One login: that of the listener.
        Assert::assertSame(1, preg_match_all('/INFO: ready /', $application->log()), $application->log());

        Assert::assertSame(422, self::post("http://$address/calls", '1000/n&PJSIP/900')[0]);
    }

    /** @return array{int, array<array-key, mixed>} the status, and the answer */
    private static function post(string $url, string $number): array
    {
        $answer = file_get_contents($url, context: stream_context_create(['http' => [
            'method' => 'POST',
            'header' => "Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded",
            'content' => http_build_query(['number' => $number]),
            'ignore_errors' => true,
            'timeout' => 60,
        ]]));
        $headers = http_get_last_response_headers() ?? throw new \RuntimeException("$url was not answered");
        $decoded = json_decode((string) $answer, true);

        return [(int) explode(' ', $headers[0])[1], \is_array($decoded) ? $decoded : [$answer]];
    }
}
