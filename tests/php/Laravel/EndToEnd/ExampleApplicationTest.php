<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\EndToEnd;

use Apn\AmiClient\Tests\Support\RedisServer;
use Apn\AmiClient\Tests\Support\Simulator;
use Illuminate\Foundation\Application;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

#[Group('slow')]
#[RequiresPhpExtension('apn_ami')]
#[Group('extension')]
final class ExampleApplicationTest extends TestCase
{
    public function test_a_web_request_makes_a_call_through_the_listener_and_its_end_arrives_everywhere(): void
    {
        if (!Simulator::isThere() || !RedisServer::isThere()) {
            self::markTestSkipped('there is no ' . (RedisServer::isThere() ? 'simulator' : 'redis-server'));
        }
        ExampleApplication::skipWithoutPackages($this);
        $simulator = new Simulator('--nodes', '1', '--calls', '0');

        (new ExampleScenario(explode('.', Application::VERSION)[0], '127.0.0.1:' . array_values($simulator->nodes)[0]))->run();
    }
}
