<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\Tests\Laravel\EndToEnd\ExampleApplication;
use Apn\AmiClient\Tests\Laravel\EndToEnd\ExampleScenario;
use Apn\AmiClient\Tests\Support\Mode;
use Apn\AmiClient\Tests\Support\RedisServer;
use PHPUnit\Framework\Attributes\TestWith;

final class LaravelTest extends AsteriskTestCase
{
    #[TestWith(['12'])]
    #[TestWith(['13'])]
    public function test_an_application_makes_a_call_through_its_listener_and_hears_of_its_end_everywhere(string $version): void
    {
        $server = self::address('22');
        if (Mode::options() !== []) {
            self::markTestSkipped('the listener has its own mode');
        }
        if (!RedisServer::isThere()) {
            self::markTestSkipped('there is no redis-server');
        }
        ExampleApplication::skipWithoutPackages($this);

        (new ExampleScenario($version, $server))->run();
    }
}
