<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Laravel\AmiServiceProvider;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Testing\InteractsWithAmi;
use Illuminate\Config\Repository;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Testing\TestCase;
use Illuminate\Support\Facades\Facade;
use Illuminate\Testing\ParallelTestingServiceProvider;

/** The trait in a test case of Laravel. */
final class InteractsWithAmiTest extends TestCase
{
    use InteractsWithAmi;

    public function createApplication(): Application
    {
        $application = new Application(sys_get_temp_dir());
        $config = require \dirname(__DIR__, 3) . '/php/Laravel/config/ami-client.php';
        self::assertIsArray($config);
        $application->instance('config', new Repository(['ami-client' => [
            'default' => 'pbx2',
            'servers' => ['pbx1' => ['host' => '192.0.2.1'], 'pbx2' => ['host' => '192.0.2.2']],
        ] + $config]));
        $application->register(AmiServiceProvider::class);
        // What Laravel's own test case needs.
        Facade::setFacadeApplication($application);
        $application->register(ParallelTestingServiceProvider::class);

        return $application;
    }

    public function test_the_container_hands_out_a_fake_with_the_configured_servers(): void
    {
        $manager = $this->app->make(AmiClientManager::class);
        self::assertSame($this->ami, $manager);
        self::assertSame(['pbx1', 'pbx2'], $this->ami->serverKeys());
        self::assertSame('pbx2', $this->ami->default()->serverKey());
        $manager->send(new Ping());
        Ami::send(new Ping());
        $this->ami->assertSentTo('pbx1', 'Ping')->assertSentTo('pbx2', 'Ping')->assertSentCount(2);
    }
}
