<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Support\Facades\Facade;
use PHPUnit\Framework\Attributes\After;
use PHPUnit\Framework\Attributes\Before;

/**
 * For test cases: each test has a fake, `$this->ami`, and in Laravel the container hands it out as the client.
 *
 * What a listener or a callback throws fails the test, unless it has looked at `$this->ami->failures()`: with real servers it would
 * only be in the log.
 *
 * In Laravel the fake has the servers of the configuration; elsewhere those of amiServers(), which a test case may write itself.
 */
trait InteractsWithAmi
{
    protected FakeManager $ami;

    /** @return list<string> keys of the fake's servers */
    protected function amiServers(): array
    {
        return ['default'];
    }

    #[Before]
    protected function setUpAmi(): void
    {
        $fake = function (): void {
            $this->ami = $this->fakeAmi();
        };
        // Laravel's test cases make their application in setUp(), before or after this.
        if (method_exists($this, 'afterApplicationCreated')) {
            $this->afterApplicationCreated($fake);
        } else {
            $fake();
        }
    }

    #[After]
    protected function tearDownAmi(): void
    {
        $failure = isset($this->ami) ? $this->ami->unseenFailure() : null;
        unset($this->ami);
        if ($failure !== null) {
            throw $failure;
        }
    }

    private function fakeAmi(): FakeManager
    {
        $application = property_exists($this, 'app') ? $this->app : null;
        if (!$application instanceof Application) {
            return new FakeManager(servers: $this->amiServers());
        }
        if ($application->bound(AmiConfig::class)) {
            $config = $application->make(AmiConfig::class);
            $fake = new FakeManager(servers: array_map(strval(...), array_keys($config->servers)), default: $config->default);
        } else {
            $fake = new FakeManager(servers: $this->amiServers());
        }
        $application->instance(AmiClientManager::class, $fake);
        // What Ami::fake() may have left there.
        Facade::clearResolvedInstance(AmiClientManager::class);

        return $fake;
    }
}
