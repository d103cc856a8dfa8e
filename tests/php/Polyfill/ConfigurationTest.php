<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Polyfill;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\ServerRegistry;
use Apn\AmiClient\Tests\Support\Polyfilled;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

/** Options and servers: the polyfill has the extension's defaults, ranges and refusals. */
#[RequiresPhpExtension('apn_ami')]
final class ConfigurationTest extends TestCase
{
    public function test_the_defaults_are_the_same(): void
    {
        self::assertAlike(static function (\Closure $make): array {
            /** @var ClientOptions $options */
            $options = $make('ClientOptions');

            return [$options->toArray(), get_object_vars($options)];
        });
    }

    #[DataProvider('options')]
    public function test_every_option_is_read_alike(string $name, mixed $value): void
    {
        self::assertAlike(static fn(\Closure $make): array => self::optionsOf($make('ClientOptions::fromArray', [$name => $value])));
        self::assertAlike(static fn(\Closure $make): array => self::server($make('ServerConfig::fromArray', 'a', ['host' => '::1', 'username' => 'u', 'secret' => 's', 'options' => [$name => $value]])));
    }

    /** @return iterable<string, array{string, mixed}> */
    public static function options(): iterable
    {
        $table = (string) file_get_contents(\dirname(__DIR__, 3) . '/polyfill/Polyfill/Options.php');
        preg_match_all("/^        '(\\w+)' => \\['(\\w+)'/m", $table, $found, PREG_SET_ORDER);
        foreach ($found as [, $name, $kind]) {
            $values = match ($kind) {
                'seconds' => [0.05, 0.049, 300.0, 300.1, 3_600, 3_601, 86_400, 86_400.5, '12', '1.5', '1e2', '.5', '5.', '+5', 'inf', '', ' 5', true, null, [], NAN, 1 / 3, 0.1234567891],
                'whole' => [0, 1, -1, 31, 32, 99, 100, 101, 256, 257, 1_000, 1_001, 4_095, 4_096, 10_000, 10_001, 65_535, 65_536, 65_539, 65_540, 131_071, 131_072, 1_000_000, 1_000_001, 3_600_000, 3_600_001, 4_194_304, 4_194_305, 16_777_215, 16_777_216, 67_108_864, 67_108_865, 268_435_456, 268_435_457, 1_099_511_627_776, 1_099_511_627_777, '12', '+12', '1.5', '1e3', '', 5.0, false, null],
                'flag' => [true, false, 1, 0, '1', '0', 'TRUE', 'false', 2, 'yes', '', null, 1.0],
                'choice' => ['inline', 'BACKGROUND', 'thread', '', null, 1],
                'names' => [[], ['Hangup', 'hangup', 'NEWCHANNEL'], ['a b'], [''], [5], [3 => 'A'], ['x' => 'A'], 'Hangup', null, [str_repeat('n', 128)], [str_repeat('n', 129)]],
                'keys' => [[], ['Account_Code', 'a'], ['-_'], [''], [5], ['x' => 'A'], 'x', [str_repeat('n', 128)], [str_repeat('n', 129)]],
                default => [[], ['/x/', '~y~i'], ['/.*/'], ['x'], [5], 'x', ['/' . str_repeat('n', 1_000) . '/']],
            };
            foreach ($values as $place => $value) {
                yield "$name $place" => [$name, $value];
            }
        }
        foreach (['connectTimeout', 'conect_timeout', 'CONNECT_TIMEOUT', 'memory', 'tls', 'x', '', '5', str_repeat('n', 70)] as $unknown) {
            yield "unknown $unknown" => [$unknown, 1];
        }
    }

    /** @param array<string, mixed> $options */
    #[DataProvider('together')]
    public function test_options_that_contradict_each_other_are_refused_alike(array $options): void
    {
        self::assertAlike(static fn(\Closure $make): array => self::optionsOf($make('ClientOptions::fromArray', $options)));
        $named = [];
        foreach ($options as $name => $value) {
            $named[lcfirst(str_replace('_', '', ucwords($name, '_')))] = $value;
        }
        self::assertAlike(static fn(\Closure $make): array => self::optionsOf($make('ClientOptions', ...$named)));
    }

    /** @return iterable<array{array<string, mixed>}> */
    public static function together(): iterable
    {
        yield [['max_frame_size' => 2_097_152]];
        yield [['max_frame_size' => 2_097_148]];
        yield [['parser_buffer_limit' => 1_048_579]];
        yield [['parser_buffer_limit' => 1_048_580]];
        yield [['max_frame_size' => 4_194_304, 'parser_buffer_limit' => 4_194_307]];
        yield [['backoff_min_ms' => 30_001]];
        yield [['backoff_max_ms' => 99]];
        yield [['backoff_min_ms' => 500, 'backoff_max_ms' => 400]];
        yield [['memory_limit' => 16_777_215]];
        yield [['max_connecting' => 0]];
        yield [['allowed_events' => ['Hangup'], 'lazy' => false, 'io' => 'background', 'action_timeout' => 12.5]];
    }

    /** @param array<string, mixed> $config */
    #[DataProvider('servers')]
    public function test_servers_are_read_alike(string $key, array $config): void
    {
        self::assertAlike(static fn(\Closure $make): array => self::server($make('ServerConfig::fromArray', $key, $config)));
    }

    /** @return iterable<string, array{string, array<string, mixed>}> */
    public static function servers(): iterable
    {
        $good = ['host' => '192.0.2.1', 'username' => 'u', 'secret' => 's'];
        foreach (['pbx1', '', 'a b', 'a:b', "a\n", 'é', str_repeat('k', 64), str_repeat('k', 65)] as $key) {
            yield 'key ' . $key => [$key, $good];
        }
        foreach (['host', 'username', 'secret'] as $required) {
            yield "no $required" => ['a', array_diff_key($good, [$required => 1])];
        }
        $settings = [
            'host' => ['192.0.2.1', '2001:DB8::1', '[2001:db8::0:1]', '::ffff:192.0.2.1', 'PBX.example.com', 'pbx.example.com.', 'localhost', 'a_b', '', '192.0.2', '192.0.2.256', '192.0.2.1:5038', 'tcp://x', 'user:s3cret@host', '-a', 'a-', 'a..b', str_repeat('a', 64), str_repeat('a.', 126) . 'aa', 'a b', "é", "\xe9", 'a.5', '01.2.3.4', 5, null, "a\n", '.'],
            'port' => [5038, '5040', 1, 65_535, 0, 65_536, -1, 'x', 5.0, null, '+5', true],
            'username' => ['u', '', "u\r", "u\n", "u\0", str_repeat('u', 1_012), str_repeat('u', 1_013), "\xe9", 5, null],
            'secret' => ['s', '', "s\r", str_repeat('s', 1_014), str_repeat('s', 1_015), 5, ['s'], null],
            'auth' => ['auto', 'MD5', 'plain', 'md4', '', 5, null],
            'events' => ['on', 'OFF', true, false, 'call', 'call, Agent ,call', ['system', 'CALL', 'call'], [], '', 'all', 'cal', ['x'], [5], ['a' => 'call'], 5, null],
            'tls' => [false, true, 'true', '0', 1, 2, 'yes', null, [], ['verify' => 'none'], ['verify' => 'SYSTEM'], ['verify' => 'sytem'], ['ca_file' => '/ca.pem'], ['verify' => 'ca'], ['verify' => 'none', 'ca_file' => '/ca.pem'], ['fingerprint' => str_repeat('ab', 32)], ['fingerprint' => 'SHA256 Fingerprint=' . implode(':', array_fill(0, 32, 'AB'))], ['fingerprint' => [str_repeat('ab', 32), str_repeat('cd', 32)]], ['fingerprint' => [str_repeat('ab', 32)]], ['fingerprint' => []], ['fingerprint' => str_repeat('ab', 20)], ['fingerprint' => 'xyz'], ['fingerprint' => ''], ['fingerprint' => 'abc'], ['fingerprint' => 5], ['verify' => 'system', 'fingerprint' => str_repeat('ab', 32)], ['verify' => 'pin'], ['ca_file' => '/ca.pem', 'fingerprint' => str_repeat('ab', 32)], ['server_name' => 'PBX.example.com'], ['server_name' => 'a b'], ['client_cert' => '/c.pem', 'client_key' => '/k.pem'], ['client_cert' => '/c.pem'], ['client_key' => '/k.pem'], ['client_key' => "-----BEGIN PRIVATE KEY-----\nhush"], ['ca_file' => ''], ['ca_file' => "a\0b"], ['ca_file' => 5], ['ca_file' => str_repeat('a', 4_096)], ['cafile' => '/ca.pem'], ['verify_peer' => true], ['x' => 1], ['passphrase' => 'hush']],
            'options' => [[], null, ['action_timeout' => '5'], ['io' => 'background'], ['lazy' => false], ['memory_limit' => 0], 5, 'x', [5], ['heartbeat_intervall' => 5]],
        ];
        foreach ($settings as $name => $values) {
            foreach ($values as $place => $value) {
                yield "$name $place" => ['a', [...$good, $name => $value]];
            }
        }
        foreach (['password' => 'hush', 'user' => 'u', 'ssl' => true, 'hots' => 'x', 'action_timeout' => 5, 'ca_file' => '/x', 'nothing' => ['x'], 'zzzzzz' => 5] as $unknown => $value) {
            yield "unknown $unknown" => ['a', [...$good, $unknown => $value]];
        }
    }

    public function test_servers_are_made_alike_of_arguments(): void
    {
        foreach ([
            ['a', '::1', 'u', 's', 5_040, 'md5', ['call'], null, true],
            ['a', '::1', 'u', 's', null, 'plain', 'off', ['action_timeout' => 5], ['verify' => 'none']],
            ['a', '::1', 'u', 's', 0],
            ['', '::1', 'u', 's'],
            ['a', '::1', 'u', 's', null, 'x'],
        ] as $arguments) {
            self::assertAlike(static fn(\Closure $make): array => self::server($make('ServerConfig', ...$arguments)));
        }
        self::assertAlike(static function (\Closure $make): array {
            $options = $make('ClientOptions', actionTimeout: 30.0);
            /** @var ServerConfig $server */
            $server = $make('ServerConfig', 'a', '::1', 'u', 's', options: $options);

            return [self::server($server), $server->options === $options];
        });
        self::assertAlike(static fn(\Closure $make): array => self::server($make('ServerConfig', 'a', '::1', 'u', 's', options: $make('ClientOptions', lazy: false))));
    }

    public function test_registries_are_made_and_asked_alike(): void
    {
        $good = ['host' => '192.0.2.1', 'username' => 'u', 'secret' => 's'];
        foreach ([
            [['pbx1' => $good, 'pbx2' => $good]], [['pbx1' => $good, 'pbx2' => $good], 'pbx2'], [['pbx1' => $good], 'pbx3'], [[], null], [[$good]], [['5' => $good, 'x' => $good], '5'],
            [['a b' => $good]], [['pbx1' => ['port' => 'x'] + $good]], [['pbx1' => 'tcp://u:hush@h']], [['pbx1' => 5]], [['pbx1' => ['user' => 'u'] + $good]],
        ] as $arguments) {
            self::assertAlike(static function (\Closure $make) use ($arguments): array {
                /** @var ServerRegistry $servers */
                $servers = $make('ServerRegistry::fromArray', ...$arguments);
                $said = [$servers->keys(), $servers->count(), \count($servers), $servers->has('pbx1'), $servers->has('nobody')];

                return [...$said, $servers->keys() === [] ? null : $servers->get($servers->default())->key, $servers->default()];
            });
        }
        self::assertAlike(static function (\Closure $make): array {
            $server = $make('ServerConfig', 'pbx1', '::1', 'u', 's');
            /** @var ServerRegistry $servers */
            $servers = $make('ServerRegistry', [$server]);

            // @phpstan-ignore argument.type (or one that is alike)
            return [$servers->get('pbx1') === $server, $servers->add($make('ServerConfig', 'pbx2', '::1', 'u', 's')) === $servers, $servers->keys()];
        });
        foreach ([['add', 'pbx1'], ['get', 'pbx'], ['get', 'nobody at all']] as [$method, $key]) {
            self::assertAlike(static function (\Closure $make) use ($method, $key): mixed {
                /** @var ServerRegistry $servers */
                $servers = $make('ServerRegistry', [$make('ServerConfig', 'pbx1', '::1', 'u', 's')]);

                // @phpstan-ignore argument.type (or one that is alike)
                return $method === 'add' ? $servers->add($make('ServerConfig', $key, '::1', 'u', 's')) : $servers->get($key);
            });
        }
        self::assertAlike(static fn(\Closure $make): object => $make('ServerRegistry', [$make('ServerConfig', 'a', '::1', 'u', 's'), $make('ServerConfig', 'a', '::1', 'u', 's')]));
        self::assertAlike(static fn(\Closure $make): object => $make('ServerRegistry', [$make('ServerConfig', 'a', '::1', 'u', 's'), ['secret' => 'hush']]));
        self::assertAlike(static fn(\Closure $make): object => $make('ServerRegistry', [], 'x'));
    }

    /** @return array<string, mixed> */
    private static function optionsOf(object $options): array
    {
        return method_exists($options, 'toArray') ? ['array' => $options->toArray(), 'properties' => get_object_vars($options)] : [];
    }

    /** @return array<mixed> */
    private static function server(object $server): array
    {
        $read = get_object_vars($server);
        $read['options'] = \is_object($read['options']) ? self::optionsOf($read['options']) : $read['options'];

        return $read;
    }

    /** @param \Closure(\Closure(string, mixed...): object): mixed $do */
    private static function assertAlike(\Closure $do): void
    {
        [$native, $polyfill] = Polyfilled::both($do);
        self::assertSame(var_export($native, true), var_export($polyfill, true));
    }
}
