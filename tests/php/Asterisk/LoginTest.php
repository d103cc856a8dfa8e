<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\AuthenticationException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use PHPUnit\Framework\Attributes\DataProvider;

final class LoginTest extends AsteriskTestCase
{
    #[DataProvider('logins')]
    public function test_every_way_to_log_in_ends_in_a_session_that_answers(string $version, string $auth): void
    {
        $client = $this->client($version, ['auth' => $auth]);
        self::assertSame(ConnectionState::Ready, $client->state());
        self::assertSame($version === '22' ? '11.0.0' : '5.0.4', $client->amiVersion());
        self::assertSame('Pong', $client->call(new GenericAction('Ping'))->get('Ping'));
    }

    /** @return iterable<string, array{string, string}> */
    public static function logins(): iterable
    {
        foreach (self::versions() as $name => [$version]) {
            foreach (['plain', 'md5', 'auto'] as $auth) {
                yield "$name, $auth" => [$version, $auth];
            }
        }
    }

    #[DataProvider('refusedLogins')]
    public function test_a_refused_login_is_an_authentication_exception(string $version, string $username, string $secret, string $auth): void
    {
        [$host, $port] = explode(':', self::address($version));
        try {
            $this->client($version, ['username' => $username, 'secret' => $secret, 'auth' => $auth]);
            self::fail('logged in');
        } catch (AuthenticationException $error) {
            self::assertSame('pbx', $error->serverKey());
            self::assertSame($host, $error->host());
            self::assertSame((int) $port, $error->port());
            self::assertStringContainsString('Authentication failed', $error->getMessage());
            self::assertStringNotContainsString($secret, (string) $error);
        }
    }

    /** @return iterable<string, array{string, string, string, string}> */
    public static function refusedLogins(): iterable
    {
        foreach (self::versions() as $name => [$version]) {
            yield "$name, a wrong secret, plain" => [$version, 'dialer', 'Wr0ngOne', 'plain'];
            yield "$name, a wrong secret, md5" => [$version, 'dialer', 'Wr0ngOne', 'md5'];
            yield "$name, an unknown user" => [$version, 'nobody', 'Wr0ngOne', 'auto'];
            yield "$name, an address that is not allowed" => [$version, 'denied', 'denied-not', 'plain'];
        }
    }

    #[DataProvider('versions')]
    public function test_a_user_who_may_be_there_once_is_refused_the_second_time(string $version): void
    {
        $this->client($version, ['username' => 'single']);
        $this->expectException(AuthenticationException::class);
        $this->client($version, ['username' => 'single']);
    }

    #[DataProvider('versions')]
    public function test_a_server_that_hides_fully_booted_becomes_ready_all_the_same(string $version): void
    {
        $client = $this->client($version, ['username' => 'filtered']);
        self::assertSame(ConnectionState::Ready, $client->state());
    }

    #[DataProvider('versions')]
    public function test_logoff_is_answered(string $version): void
    {
        // No events: what comes after close() is the goodbye and nothing else.
        $manager = $this->manager($version, ['events' => 'off']);
        $client = $manager->server('pbx')->waitUntilReady();
        self::assertSame('Pong', $client->call(new GenericAction('Ping'))->get('Ping'));
        $before = self::counters($manager->metrics());
        $client->close();
        self::assertNotSame(ConnectionState::Ready, $client->state());
        self::tickUntil($manager, static fn(): bool => $client->state() === ConnectionState::Disconnected, 2.0, 'closed');
        $after = self::counters($manager->metrics());
        self::assertSame(1, $after['frames'] - $before['frames']);
        self::assertSame(0, $after['frames_cut'] - $before['frames_cut']);
        $goodbye = "Response: Goodbye\r\nActionID: \r\nMessage: Thanks for all the fish.\r\n\r\n";
        self::assertGreaterThan(\strlen($goodbye), $after['read_bytes'] - $before['read_bytes']);
        self::assertLessThan(\strlen($goodbye) + 64, $after['read_bytes'] - $before['read_bytes']);
    }

    /**
     * @param array<string, mixed> $metrics
     *
     * @return array<string, int>
     */
    private static function counters(array $metrics): array
    {
        $servers = $metrics['servers'];
        self::assertIsArray($servers);
        self::assertIsArray($servers['pbx']);
        $counters = [];
        foreach ($servers['pbx'] as $name => $count) {
            if (\is_int($count)) {
                $counters[(string) $name] = $count;
            }
        }

        return $counters;
    }
}
