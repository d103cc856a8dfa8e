<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Http\Endpoint;
use Apn\AmiClient\Tests\Support\Mode;
use Apn\AmiClient\Worker\Limits;
use Apn\AmiClient\Worker\Listener;
use Apn\AmiClient\Worker\StopReason;
use Apn\AmiClient\Worker\WorkerMetrics;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

#[RequiresPhpExtension('apn_ami')]
final class WorkerMetricsTest extends TestCase
{
    public function test_the_endpoint_serves_what_the_worker_and_its_services_count_in_both_formats(): void
    {
        $manager = AmiClientManager::fromConfig(['servers' => [
            'nobody' => ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 's'],
        ], 'options' => Mode::options()]);
        $listener = new Listener($manager, new Limits(seconds: 20.0), tickTimeoutMs: 5);
        $endpoint = new Endpoint($manager, '127.0.0.1:0')->also(new WorkerMetrics($listener));
        [$plain, $open] = [new Answer(''), new Answer("Accept: application/openmetrics-text; version=1.0.0\r\n")];
        $outcome = $listener->with(new Recorder('one "and" only'))->serve($endpoint)
            ->stopWhen(static function () use ($endpoint, $plain, $open): bool {
                $address = (string) $endpoint->address();

                return $plain->isWhole($address) && $open->isWhole($address);
            }, StopReason::Asked)->run();
        self::assertSame(StopReason::Asked, $outcome->reason);
        self::assertStringContainsString("# TYPE ami_worker_active gauge\nami_worker_active 1\n", $plain->text);
        self::assertStringContainsString("# TYPE ami_worker_service_failures_total counter\nami_worker_service_failures_total{service=\"one \\\"and\\\" only\"} 0\n", $plain->text);
        self::assertMatchesRegularExpression('/# TYPE ami_worker_service untyped\nami_worker_service\{service="one \\\\"and\\\\" only",stat="polls"\} \d+\n$/', $plain->text);
        self::assertStringContainsString("# TYPE ami_worker_service_failures counter\nami_worker_service_failures_total{", $open->text);
        self::assertMatchesRegularExpression('/# TYPE ami_worker_service unknown\n.*\n# EOF\n$/', $open->text);
        self::assertSame(1, substr_count($open->text, '# EOF'));
    }
}
