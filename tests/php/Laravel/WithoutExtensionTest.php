<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel;

use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\ExtensionMissingException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Facades\Ami;
use Illuminate\Contracts\Console\Kernel;
use PHPUnit\Framework\Attributes\Group;

/** A web server that only uses the gateway, a machine that builds an image, a test: PHP without the extension. */
#[Group('bare')]
final class WithoutExtensionTest extends TestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        if (\extension_loaded('apn_ami')) {
            self::markTestSkipped('it is loaded; ./dev test laravel also runs without');
        }
    }

    protected function config(): array
    {
        return ['ami-client.servers' => ['main' => ['host' => '192.0.2.1', 'username' => 'dialer', 'secret' => 's3cret']]] + parent::config();
    }

    public function test_the_first_use_of_a_connection_says_how_to_install_it(): void
    {
        $this->app();

        $this->expectException(ExtensionMissingException::class);
        $this->expectExceptionMessage('The PHP extension "apn_ami" is not loaded. Install it with "pie install apn/ami-client-ext"');
        Ami::send(new GenericAction('Ping'));
    }

    public function test_the_listener_says_so_and_fails(): void
    {
        $console = $this->app()->make(Kernel::class);

        self::assertNotSame(0, $console->call('ami:listen'));
        self::assertStringContainsString('"apn_ami" is not loaded', $console->output());
    }

    public function test_a_fake_needs_none(): void
    {
        $app = $this->app();
        Ami::fake(['Ping' => ['Ping' => 'Pong']]);

        self::assertSame('Pong', $app->make(AmiClientManager::class)->call(new GenericAction('Ping'))->get('Ping'));
    }
}
