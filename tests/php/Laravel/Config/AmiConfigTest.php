<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Config;

use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\ConfigReader;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Tests\Laravel\TestCase;
use Illuminate\Config\Repository;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use Symfony\Component\VarDumper\Cloner\VarCloner;
use Symfony\Component\VarDumper\Dumper\CliDumper;

final class AmiConfigTest extends TestCase
{
    private const array SERVER = ['host' => '192.0.2.10', 'username' => 'dialer', 'secret' => 's3cret-value'];

    protected function setUp(): void
    {
        parent::setUp();
        // env() of the file finds none of the application's.
        $this->app();
    }

    public function test_the_published_file_says_the_defaults_that_hold_without_it(): void
    {
        $published = require \dirname(__DIR__, 4) . '/php/Laravel/config/ami-client.php';
        self::assertIsArray($published);
        self::assertIsArray($published['bridges']);
        // A bridge has no names of events by default, but the file may propose some.
        $names = array_map(static fn(mixed $bridge): array => ['events' => \is_array($bridge) ? $bridge['events'] ?? [] : []], $published['bridges']);
        $published = AmiConfig::fromArray($published);
        $bare = AmiConfig::fromArray(['servers' => ['main' => self::SERVER], 'bridges' => $names]);

        self::assertEquals($bare->listen, $published->listen);
        self::assertEquals($bare->bridges, $published->bridges);
        self::assertEquals($bare->gateway, $published->gateway);
        self::assertSame($bare->logChannel, $published->logChannel);
        self::assertSame($bare->default, $published->default);
    }

    /** @param array<string, mixed> $config */
    #[DataProvider('unusable')]
    public function test_what_cannot_be_used_is_refused_by_its_whole_path(array $config, string $key, ?string $suggestion = null): void
    {
        try {
            AmiConfig::fromArray($config + ['servers' => ['a' => self::SERVER]]);
            self::fail('it was taken');
        } catch (InvalidSettingException $e) {
            self::assertSame($key, $e->key());
            self::assertSame($suggestion, $e->suggestion());
            self::assertStringContainsString($key, $e->getMessage());
            self::assertStringNotContainsString('s3cret-value', $e->getMessage() . var_export($e->value(), true));
        }
    }

    /** @return iterable<string, array{0: array<string, mixed>, 1: string, 2?: string}> */
    public static function unusable(): iterable
    {
        yield 'no server' => [['servers' => []], 'ami-client.servers'];
        yield 'a server that is none' => [['servers' => ['a' => 'x']], 'ami-client.servers.a'];
        yield 'a port' => [['servers' => ['a' => ['port' => '503x'] + self::SERVER]], 'ami-client.servers.a.port'];
        yield 'a setting of a server' => [['servers' => ['a' => ['prot' => 5038] + self::SERVER]], 'ami-client.servers.a.prot', 'port'];
        yield 'a key of a server' => [['servers' => ['a b' => self::SERVER]], 'ami-client.servers'];
        yield 'a host that is a name' => [['servers' => ['a' => ['host' => 'pbx.example'] + self::SERVER]], 'ami-client.servers.a.host'];
        yield 'an option of a server' => [['servers' => ['a' => ['options' => ['action_timeout' => 0]] + self::SERVER]], 'ami-client.servers.a.options.action_timeout'];
        yield 'an option' => [['options' => ['lasy' => true]], 'ami-client.options.lasy', 'lazy'];
        yield 'the value of an option' => [['options' => ['action_timeout' => 'soon']], 'ami-client.options.action_timeout'];
        yield 'a default that is no server' => [['default' => 'b'], 'ami-client.default', 'a'];
        yield 'an unknown section' => [['briges' => []], 'ami-client.briges', 'bridges'];
        yield 'a setting of a section' => [['listen' => ['momory' => 5]], 'ami-client.listen.momory', 'memory'];
        yield 'a setting of a part of a section' => [['listen' => ['standby' => ['seconds' => 1]]], 'ami-client.listen.standby.seconds'];
        yield 'a server to listen to' => [['listen' => ['servers' => ['a', 'aa']]], 'ami-client.listen.servers.1', 'a'];
        yield 'a bridge that there is none of' => [['bridges' => ['stream' => []]], 'ami-client.bridges.stream', 'streams'];
        yield 'a log channel' => [['log_channel' => ['daily']], 'ami-client.log_channel'];
    }

    public function test_a_server_that_is_not_set_up_yet_is_refused_only_when_it_is_used(): void
    {
        // As where an image is built, or with the .env of a fresh clone.
        $config = AmiConfig::fromArray(['servers' => ['main' => ['host' => '127.0.0.1', 'username' => null, 'secret' => '']]]);

        try {
            $config->toManager();
            self::fail('it was taken');
        } catch (InvalidSettingException $e) {
            self::assertSame('ami-client.servers.main.username', $e->key());
            self::assertStringContainsString('.env', $e->getMessage());
        }
    }

    public function test_a_dump_shows_no_secret(): void
    {
        $reader = new ConfigReader();
        $config = $reader->read(new Repository(['ami-client' => ['servers' => ['main' => self::SERVER], 'options' => ['enforce_ip_endpoints' => true], 'gateway' => ['key' => 's3cret-value-of-the-gateway']]]));
        $dumps = [
            print_r([$config, $reader], true),
            (string) new CliDumper()->dump(new VarCloner()->cloneVar([$config, $reader]), true),
        ];

        foreach ($dumps as $dump) {
            self::assertStringContainsString('enforce_ip_endpoints', $dump);
            self::assertStringNotContainsString('s3cret', $dump);
        }
    }

    public function test_a_server_that_is_not_meant_need_not_be_set_up(): void
    {
        $config = AmiConfig::fromArray(['default' => 'b', 'servers' => ['a' => self::SERVER, 'b' => []], 'options' => ['io' => 'inline', 'lazy' => true]]);

        $manager = $config->toManager(['a'], 'background');

        self::assertSame(['default' => null, 'servers' => ['a' => self::SERVER], 'options' => ['io' => 'background', 'lazy' => true]], $manager);
    }

    public function test_a_server_that_there_is_none_of_is_refused_with_the_nearest_one(): void
    {
        $this->expectExceptionObject(InvalidSettingException::unknown('ami-client.servers.pbx3', ['pbx1']));
        AmiConfig::fromArray(['servers' => ['pbx1' => self::SERVER]])->toManager(['pbx3']);
    }

    #[RequiresPhpExtension('apn_ami')]
    #[Group('extension')]
    public function test_keys_of_servers_that_look_like_numbers_are_keys(): void
    {
        $config = AmiConfig::fromArray(['default' => '101', 'servers' => ['101' => self::SERVER, '102' => self::SERVER]])->toManager(['101']);

        self::assertSame('101', \Apn\AmiClient\AmiClientManager::fromConfig($config)->default()->serverKey());
    }
}
