<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel;

use Apn\AmiClient\Laravel\Connections\ProcessConnections;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Foundation\Application;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;

final class AboutTest extends TestCase
{
    #[RequiresPhpExtension('apn_ami')]
    #[Group('extension')]
    public function test_it_says_what_is_set_up_without_users_and_secrets(): void
    {
        $app = $this->boot([
            'ami-client.servers' => [
                'pbx1' => ['host' => '192.0.2.10', 'username' => 'the-user', 'secret' => 'the-secret', 'tls' => 'true'],
                'pbx2' => ['host' => '192.0.2.11', 'port' => 5040],
            ],
            'ami-client.gateway.enabled' => true,
        ]);

        $about = self::about($app);

        self::assertSame(phpversion('apn_ami'), $about['extension']);
        self::assertSame('pbx1 (192.0.2.10:5039, TLS), pbx2 (192.0.2.11:5040, not set up yet)', $about['servers']);
        self::assertSame('through a listener, over Redis', $about['actions_go']);
        self::assertSame('none', $about['bridges']);
        self::assertSame('none heard of', $about['listeners']);
        self::assertStringNotContainsString('the-', (string) json_encode($about));
        self::assertFalse($app->make(ProcessConnections::class)->isOpen());
    }

    public function test_it_tells_what_is_wrong_with_the_configuration(): void
    {
        // The command itself is one that runs nevertheless.
        $app = $this->app();
        config(['ami-client.gateway.timeout_ms' => 'soon']);

        self::assertStringContainsString('ami-client.gateway.timeout_ms: "soon" must be', self::about($app)['configuration']);
    }

    #[Group('bare')]
    public function test_it_tells_where_the_extension_is_not_loaded(): void
    {
        if (\extension_loaded('apn_ami')) {
            self::markTestSkipped('it is loaded');
        }

        self::assertSame('not loaded', self::about($this->app())['extension']);
    }

    /** @return array<string, string> */
    private static function about(Application $app): array
    {
        $console = $app->make(Kernel::class);
        self::assertSame(0, $console->call('about', ['--only' => 'ami_client', '--json' => true]));
        $sections = json_decode($console->output(), true);
        self::assertIsArray($sections);
        self::assertIsArray($sections['ami_client'] ?? null, (string) json_encode($sections));

        $lines = [];
        foreach ($sections['ami_client'] as $name => $value) {
            self::assertIsString($value);
            $lines[(string) $name] = $value;
        }

        return $lines;
    }
}
