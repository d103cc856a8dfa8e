<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Gateway;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Contracts\ActionSender;
use Apn\AmiClient\Contracts\AmiClient;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Gateway\ActionNotAllowedException;
use Apn\AmiClient\Gateway\GatewayClient;
use Apn\AmiClient\Gateway\GatewayManager;
use Apn\AmiClient\Gateway\GatewayPendingAction;
use Apn\AmiClient\Gateway\Server;
use Apn\AmiClient\Laravel\AmiServiceProvider;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Gateway\GatewayConnections;
use Apn\AmiClient\Laravel\Gateway\GatewayService;
use Apn\AmiClient\Testing\FakeManager;
use Apn\AmiClient\Tests\Laravel\TestCase;
use Apn\AmiClient\Tests\Support\RedisServer;
use Illuminate\Config\Repository;
use Illuminate\Foundation\Application;
use PHPUnit\Framework\Attributes\DataProvider;

/** The gateway in an application. */
final class GatewayTest extends TestCase
{
    private static ?RedisServer $redis = null;

    public static function tearDownAfterClass(): void
    {
        self::$redis = null;
        parent::tearDownAfterClass();
    }

    public function test_with_the_gateway_on_everybody_gets_it_and_it_outlives_requests(): void
    {
        $app = $this->application('phpredis', 1);
        $manager = $app->make(AmiClientManager::class);
        self::assertInstanceOf(GatewayManager::class, $manager);
        self::assertSame($manager, $app->make(ActionSender::class));
        self::assertSame($manager, Ami::getFacadeRoot());
        self::assertInstanceOf(GatewayClient::class, $app->make(AmiClient::class));
        self::assertSame(['pbx1', 'pbx2'], $manager->serverKeys());
        self::assertSame('pbx2', $manager->default()->serverKey());
        $app->make(Repository::class)->set('ami-client.gateway.prefix', 'other:');
        self::assertNotSame($manager, $app->make(AmiClientManager::class));
    }

    public function test_the_worker_serves_the_gateway_where_it_is_on(): void
    {
        $app = $this->application('phpredis', 1);
        $services = iterator_to_array($app->make(GatewayService::class), false);
        self::assertContainsOnlyInstancesOf(Server::class, $services);
        self::assertCount(1, $services);
        self::assertNotSame([], array_filter(iterator_to_array($app->tagged(AmiServiceProvider::SERVICES_TAG), false), static fn(mixed $one): bool => $one instanceof GatewayService));
        $app->make(Repository::class)->set('ami-client.gateway.enabled', false);
        self::assertSame([], iterator_to_array($app->make(GatewayService::class), false));
    }

    #[DataProvider('drivers')]
    public function test_an_action_goes_through_redis_and_back(string $driver): void
    {
        if (!RedisServer::isThere() || ($driver === 'phpredis' && !\extension_loaded('redis'))) {
            self::markTestSkipped('needs redis-server and the extension redis');
        }
        self::$redis ??= RedisServer::start();
        $app = $this->application($driver, self::$redis->port);
        $servers = new FakeManager(['Ping' => ['Ping' => "P\xf6ng"]], ['pbx1', 'pbx2']);
        $server = $app->make(GatewayConnections::class)->server($app->make(AmiConfig::class));
        $server->start($servers);

        $pending = Ami::server('pbx1')->send(new Ping());
        self::assertInstanceOf(GatewayPendingAction::class, $pending);
        for ($deadline = microtime(true) + 10; !$pending->isComplete() && microtime(true) < $deadline;) {
            $server->poll();
            $servers->tick();
        }
        self::assertNull($pending->error());
        self::assertSame("P\xf6ng", $pending->response()?->get('Ping'));
        $servers->assertSentTo('pbx1', 'Ping');
        self::assertSame('ready', $app->make(AmiClientManager::class)->states()['pbx2']->value);
        $server->finish();
        self::assertSame('disconnected', $app->make(AmiClientManager::class)->states()['pbx2']->value);
    }

    /** @return iterable<string, array{string}> */
    public static function drivers(): iterable
    {
        yield 'phpredis' => ['phpredis'];
        yield 'predis' => ['predis'];
    }

    public function test_what_is_allowed_is_what_an_application_needs_unless_it_says_otherwise(): void
    {
        $list = AmiConfig::fromArray($this->gateway())->gateway->allowList();
        foreach (['Originate', 'hangup', 'QueueAdd', 'ConfbridgeMute', 'Redirect'] as $name) {
            $list->check($name, []);
        }
        foreach (['Command', 'Getvar', 'Setvar', 'DBGet', 'GetConfig', 'UpdateConfig', 'ModuleLoad', 'Reload', 'AGI', 'PJSIPShowAuths', 'DialplanExtensionAdd', 'Logoff', 'MixMonitor', 'ChangeMonitor'] as $name) {
            try {
                $list->check($name, []);
                self::fail("$name is allowed");
            } catch (ActionNotAllowedException $e) {
                self::assertSame($name, $e->actionName());
            }
        }
        $none = AmiConfig::fromArray($this->gateway(['allow' => []]))->gateway->allowList();
        $this->expectException(ActionNotAllowedException::class);
        $none->check('Ping', []);
    }

    /** @param array<string, mixed> $settings */
    #[DataProvider('badSettings')]
    public function test_a_setting_that_cannot_be_used_is_refused_by_its_whole_name(array $settings, string $key): void
    {
        try {
            AmiConfig::fromArray($this->gateway($settings));
            self::fail('it was taken');
        } catch (InvalidSettingException $e) {
            self::assertSame("ami-client.gateway.$key", $e->key());
            self::assertStringContainsString("ami-client.gateway.$key", $e->getMessage());
            self::assertStringNotContainsString('hush', $e->getMessage());
        }
    }

    /** @return iterable<string, array{array<string, mixed>, string}> */
    public static function badSettings(): iterable
    {
        yield 'a short key' => [['key' => 'hush'], 'key'];
        yield 'a key that is no text' => [['key' => ['hush']], 'key'];
        yield 'a name that is none' => [['allow' => ['Ping', 'core show channels']], 'allow.1'];
        yield 'no time to keep' => [['keep_seconds' => 0], 'keep_seconds'];
        yield 'too much at once' => [['max_in_flight' => 1_000_000], 'max_in_flight'];
        yield 'an answer without an end' => [['max_answer_bytes' => 1 << 40], 'max_answer_bytes'];
        yield 'an unknown setting' => [['timeout' => 5], 'timeout'];
    }

    /** @param array<string, mixed> $settings */
    #[DataProvider('badSurroundings')]
    public function test_what_the_application_lacks_is_told(array $settings, string $key, string $hint): void
    {
        try {
            $this->boot($settings + ['ami-client.servers' => ['a' => []], 'ami-client.gateway.enabled' => true])->make(AmiClientManager::class);
            self::fail('it was made');
        } catch (InvalidSettingException $e) {
            self::assertSame($key, $e->key());
            self::assertStringContainsString($hint, $e->getMessage());
        }
    }

    /** @return iterable<string, array{array<string, mixed>, string, string}> */
    public static function badSurroundings(): iterable
    {
        yield 'no key' => [['app.key' => null], 'ami-client.gateway.key', 'key:generate'];
        yield 'no such connection' => [['ami-client.gateway.connection' => 'nowhere'], 'ami-client.gateway.connection', 'nowhere'];
        yield 'a cluster' => [['ami-client.gateway.connection' => 'clusters'], 'ami-client.gateway.connection', 'clusters'];
    }

    public function test_a_key_is_in_no_dump(): void
    {
        $config = AmiConfig::fromArray($this->gateway(['key' => 'hush hush hush hush']));
        self::assertStringNotContainsString('hush', print_r($config, true));
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return array<string, mixed>
     */
    private function gateway(array $settings = []): array
    {
        return ['servers' => ['a' => ['host' => '192.0.2.1']], 'gateway' => $settings];
    }

    /** @param array<string, mixed> $more */
    private function application(string $driver, int $port, array $more = []): Application
    {
        return $this->boot($more + [
            'app.key' => 'base64:' . base64_encode(str_repeat('k', 32)),
            'database.redis.client' => $driver,
            'database.redis.default' => ['host' => '127.0.0.1', 'port' => $port, 'database' => 1],
            'ami-client.servers' => ['pbx1' => ['host' => '192.0.2.1'], 'pbx2' => ['host' => '192.0.2.2']],
            'ami-client.default' => 'pbx2',
            'ami-client.gateway.enabled' => true,
        ]);
    }
}
