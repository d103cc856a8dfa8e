<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\PendingAction;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;

/**
 * TLS as Asterisk speaks it. ASTERISK_22_TLS (host:port) and ASTERISK_22_CA, the file of the server's self-signed
 * certificate, come from tests/asterisk/asterisk.
 */
#[RequiresPhpExtension('openssl')]
final class TlsTest extends AsteriskTestCase
{
    #[DataProvider('versions')]
    public function test_a_pinned_certificate_ends_in_a_session_that_answers(string $version): void
    {
        $client = $this->over($version, ['fingerprint' => self::fingerprint(self::certificate($version))]);
        self::assertSame('Pong', $client->waitUntilReady(15_000)->call(new GenericAction('Ping'))->get('Ping'));
    }

    #[DataProvider('versions')]
    public function test_the_self_signed_certificate_is_its_own_ca_file(string $version): void
    {
        $client = $this->over($version, ['ca_file' => self::certificate($version)]);
        self::assertSame(ConnectionState::Ready, $client->waitUntilReady(15_000)->state());
        $named = $this->over($version, ['ca_file' => self::certificate($version), 'server_name' => 'localhost']);
        self::assertSame(ConnectionState::Ready, $named->waitUntilReady(15_000)->state());
    }

    #[DataProvider('versions')]
    public function test_an_answer_of_many_records_arrives_whole(string $version): void
    {
        $client = $this->over($version, ['fingerprint' => self::fingerprint(self::certificate($version))])->waitUntilReady(15_000);
        $filler = array_fill_keys(array_map(static fn(int $n): string => "Filler$n", range(1, 100)), str_repeat('x', 900));
        $received = null;
        $client->onEvent('UserEvent', static function ($event) use (&$received): void {
            $received = $event;
        });
        $client->call(new GenericAction('UserEvent', ['UserEvent' => 'Large'] + $filler), 15_000);
        for ($until = microtime(true) + 10; $received === null && microtime(true) < $until;) {
            $client->call(new GenericAction('Ping'));
        }
        self::assertNotNull($received);
        self::assertSame(str_repeat('x', 900), $received->get('Filler100'));
        self::assertGreaterThan(90_000, \strlen($received->raw()));
    }

    #[DataProvider('versions')]
    public function test_actions_that_go_out_together_are_all_answered(string $version): void
    {
        $manager = $this->managerOver($version, ['verify' => 'none']);
        $client = $manager->server('pbx')->waitUntilReady(15_000);
        $actions = [];
        foreach (range(1, 500) as $number) {
            $actions[] = $client->send(new GenericAction('Getvar', ['Variable' => 'GLOBAL(' . str_repeat('x', $number % 300) . ')']));
        }
        self::tickUntil($manager, static fn(): bool => array_all($actions, static fn(PendingAction $action): bool => $action->isComplete()), 5.0, 'answers');
        self::assertCount(500, array_filter($actions, static fn(PendingAction $action): bool => $action->error() === null));
    }

    #[DataProvider('versions')]
    public function test_logoff_is_answered_and_the_session_ends(string $version): void
    {
        $manager = $this->managerOver($version, ['verify' => 'none']);
        $client = $manager->server('pbx')->waitUntilReady(15_000);
        $client->close();
        self::tickUntil($manager, static fn(): bool => $client->state() === ConnectionState::Disconnected, 1.5, 'closed');
        self::assertSame(ConnectionState::Disconnected, $client->state());
    }

    #[DataProvider('versions')]
    public function test_a_wrong_pin_is_refused_with_both_fingerprints(string $version): void
    {
        $wrong = implode(':', array_fill(0, 32, '0A'));
        $message = $this->refused($version, ['fingerprint' => $wrong]);
        self::assertStringContainsString(self::fingerprint(self::certificate($version)), $message);
        self::assertStringContainsString("tls.fingerprint is $wrong", $message);
    }

    #[DataProvider('versions')]
    public function test_a_certificate_that_is_foreign_to_the_ca_file_is_refused_with_its_fingerprint(string $version): void
    {
        $certificate = self::certificate($version);
        $foreign = self::issue('another', 1)['certificate'];
        $file = (string) tempnam(sys_get_temp_dir(), 'ami');
        try {
            file_put_contents($file, $foreign);
            $message = $this->refused($version, ['ca_file' => $file]);
        } finally {
            unlink($file);
        }
        self::assertStringContainsString("is self-signed and not in tls.ca_file ($file)", $message);
        self::assertStringContainsString(self::fingerprint($certificate), $message);
    }

    #[DataProvider('versions')]
    public function test_a_certificate_for_another_name_is_refused_with_the_names_that_it_has(string $version): void
    {
        $message = $this->refused($version, ['ca_file' => self::certificate($version), 'server_name' => 'pbx.example.org']);
        self::assertStringContainsString('is not for "pbx.example.org", but for 127.0.0.1, localhost;', $message);
    }

    public function test_an_expired_certificate_is_refused_with_its_date_but_for_a_pin(): void
    {
        self::certificate('22');
        if (getenv('ASTERISK_22_NAME') === false) {
            self::markTestSkipped('this needs a server with a certificate of its own, which only tests/asterisk/asterisk starts');
        }
        // Asterisk 16 and 22 crash when a manager.conf with a setvar, as this one, is changed and reloaded twice: hence another server.
        ['certificate' => $certificate, 'key' => $key] = self::issue('127.0.0.1', 0);
        $issued = time();
        $file = (string) tempnam(sys_get_temp_dir(), 'ami');
        file_put_contents($file, $certificate . $key);
        $script = \dirname(__DIR__, 2) . '/asterisk/asterisk';
        $name = null;
        try {
            exec('ASTERISK_CERT=' . escapeshellarg($file) . ' ' . escapeshellarg($script) . ' up 22 2>/dev/null', $lines, $status);
            self::assertSame(0, $status);
            parse_str(implode('&', $lines), $server);
            self::assertIsString($server['ASTERISK_22_NAME'] ?? null);
            self::assertIsString($server['ASTERISK_22_TLS'] ?? null);
            $name = $server['ASTERISK_22_NAME'];
            [$host, $port] = explode(':', $server['ASTERISK_22_TLS']);
            // It was valid for the second in which it was made.
            usleep(max(0, (int) (($issued + 2 - microtime(true)) * 1e6)));
            $message = $this->refused('22', ['ca_file' => $file], ['host' => $host, 'port' => $port]);
            self::assertMatchesRegularExpression('/the server\'s certificate expired at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, and it is /', $message);
            $client = $this->over('22', ['fingerprint' => self::fingerprint($file)], ['host' => $host, 'port' => $port]);
            self::assertSame(ConnectionState::Ready, $client->waitUntilReady(15_000)->state());
        } finally {
            unlink($file);
            if ($name !== null) {
                exec(escapeshellarg($script) . ' down ' . escapeshellarg($name) . ' 2>/dev/null');
            }
        }
    }

    #[DataProvider('versions')]
    public function test_the_port_without_tls_is_told_apart(string $version): void
    {
        self::certificate($version);
        [$host, $port] = explode(':', self::address($version));
        $manager = $this->manager($version, ['host' => $host, 'port' => $port, 'tls' => ['verify' => 'none']], ['max_reconnect_attempts' => 1]);
        $this->expectExceptionMessage('does not speak TLS');
        $manager->server('pbx')->waitUntilReady(15_000);
    }

    /** The file of the server's certificate; skips the test where there is none. */
    private static function certificate(string $version): string
    {
        $file = (string) getenv("ASTERISK_{$version}_CA");
        if ($file === '' || !is_readable($file) || getenv("ASTERISK_{$version}_TLS") === false) {
            self::markTestSkipped("there is no Asterisk $version with TLS: ASTERISK_{$version}_TLS or ASTERISK_{$version}_CA is not set");
        }

        return $file;
    }

    private static function fingerprint(string $file): string
    {
        $digest = openssl_x509_fingerprint('file://' . $file, 'sha256');
        self::assertIsString($digest);

        return strtoupper(implode(':', str_split($digest, 2)));
    }

    /**
     * @param array<string, mixed> $tls
     * @param array<string, mixed> $where host and port of another server than the suite's
     */
    private function managerOver(string $version, array $tls, array $where = []): AmiClientManager
    {
        self::certificate($version);
        [$host, $port] = explode(':', (string) getenv("ASTERISK_{$version}_TLS"));

        return $this->manager($version, $where + ['host' => $host, 'port' => $port, 'tls' => $tls]);
    }

    /**
     * @param array<string, mixed> $tls
     * @param array<string, mixed> $where
     */
    private function over(string $version, array $tls, array $where = []): AmiClient
    {
        return $this->managerOver($version, $tls, $where)->server('pbx');
    }

    /**
     * What the exception says with these settings.
     *
     * @param array<string, mixed> $tls
     * @param array<string, mixed> $where
     */
    private function refused(string $version, array $tls, array $where = []): string
    {
        $began = microtime(true);
        try {
            $this->over($version, $tls, $where)->waitUntilReady(15_000);
        } catch (ConnectionException $error) {
            self::assertLessThan(5.0, microtime(true) - $began, 'said at once, not after all attempts');

            return $error->getMessage();
        }
        self::fail('it was let in');
    }

    /** @return array{certificate: string, key: string} */
    private static function issue(string $name, int $days): array
    {
        $key = openssl_pkey_new(['private_key_type' => OPENSSL_KEYTYPE_RSA, 'private_key_bits' => 2048]);
        $request = openssl_csr_new(['commonName' => $name], $key);
        // After the call, as it takes the key by reference.
        self::assertInstanceOf(\OpenSSLAsymmetricKey::class, $key);
        self::assertInstanceOf(\OpenSSLCertificateSigningRequest::class, $request);
        $certificate = openssl_csr_sign($request, null, $key, $days);
        self::assertInstanceOf(\OpenSSLCertificate::class, $certificate);
        $public = $private = '';
        self::assertTrue(openssl_x509_export($certificate, $public));
        self::assertTrue(openssl_pkey_export($key, $private));
        self::assertIsString($public);
        self::assertIsString($private);

        return ['certificate' => $public, 'key' => $private];
    }
}
