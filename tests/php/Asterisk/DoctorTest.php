<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\Diagnosis\Finding;
use Apn\AmiClient\Diagnosis\HeardNames;
use Apn\AmiClient\Diagnosis\Patient;
use Apn\AmiClient\Diagnosis\ServerDoctor;
use PHPUnit\Framework\Attributes\DataProvider;

/** What the diagnosis finds on real servers, configured like tests/asterisk/conf. */
final class DoctorTest extends AsteriskTestCase
{
    #[DataProvider('versions')]
    public function test_a_good_user_has_but_one_warning(string $version): void
    {
        $findings = $this->examine($version);
        self::assertSame(['writetimeout'], array_keys(array_filter($findings, static fn(Finding $finding): bool => $finding->severity->value !== 'ok')));
        self::assertStringContainsString("Asterisk $version.", $findings['version']->message);
        self::assertSame('the user reads all', $findings['read']->message);
        self::assertSame('[dialer] of manager.conf: writetimeout = 30000', $findings['writetimeout']->cure);
    }

    #[DataProvider('versions')]
    public function test_a_user_with_a_long_writetimeout_has_none(string $version): void
    {
        self::assertSame('30000 ms', $this->examine($version, ['username' => 'patient'])['writetimeout']->message);
    }

    #[DataProvider('versions')]
    public function test_a_user_with_few_rights_is_told_which_it_lacks(string $version): void
    {
        $findings = $this->examine($version, ['username' => 'ro', 'secret' => 'rosecret', 'events' => 'call,user'], actions: ['Ping', 'Originate', 'QueueAdd', 'Nosuch']);
        self::assertSame(['failure', '[ro] of manager.conf: add originate to write ='], [$findings['write']->severity->value, $findings['write']->cure]);
        self::assertSame('skipped', $findings['read']->severity->value);
        self::assertSame('warning', $findings['version']->severity->value);
        self::assertSame('failure', $findings['events']->severity->value, 'VarSet is of a class that is not asked for');
    }

    #[DataProvider('versions')]
    public function test_a_login_that_is_refused_is_tried_once(string $version): void
    {
        $findings = $this->examine($version, ['secret' => 'wrong']);
        self::assertSame('login', array_key_last($findings));
        self::assertStringContainsString('Authentication failed', $findings['login']->message);
    }

    #[DataProvider('versions')]
    public function test_a_user_for_one_session_and_filters_in_manager_conf_are_warned_of(string $version): void
    {
        self::assertSame('warning', $this->examine($version, ['username' => 'single'])['allowmultiplelogin']->severity->value);
        self::assertSame('warning', $this->examine($version, ['username' => 'filtered'])['eventfilter']->severity->value);
    }

    #[DataProvider('versions')]
    public function test_the_certificate_is_looked_at(string $version): void
    {
        [$tls, $ca] = [(string) getenv("ASTERISK_{$version}_TLS"), (string) getenv("ASTERISK_{$version}_CA")];
        if ($tls === '' || $ca === '') {
            self::markTestSkipped("ASTERISK_{$version}_TLS and ASTERISK_{$version}_CA are not set");
        }
        $port = (int) substr($tls, (int) strrpos($tls, ':') + 1);
        $findings = $this->examine($version, ['port' => $port, 'tls' => ['ca_file' => $ca]]);
        self::assertSame('TLS, verified by ca', $findings['secrecy']->message);
        self::assertStringContainsString('IP Address:127.0.0.1', $findings['tls']->message);
        self::assertMatchesRegularExpression('/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/', $findings['fingerprint']->message);
        self::assertSame('ok', $findings['expiry']->severity->value);
        self::assertSame('ok', $findings['login']->severity->value);

        $findings = $this->examine($version, ['port' => $port, 'tls' => true]);
        self::assertSame('login', array_key_last($findings));
        self::assertSame('failure', $findings['login']->severity->value, 'no root of the system vouches for it');
    }

    /**
     * @param array<string, mixed> $server
     * @param list<string> $actions
     *
     * @return array<string, Finding> by check; of several the worst that came first
     */
    private function examine(string $version, array $server = [], array $actions = ['Ping', 'Originate']): array
    {
        [$host, $port] = explode(':', self::address($version));
        $patient = new Patient('pbx', $server + ['host' => $host, 'port' => (int) $port, 'username' => 'dialer', 'secret' => 's3cret'], [], new HeardNames(['Hangup', 'VarSet']), $actions);
        $findings = [];
        foreach (new ServerDoctor($patient)->examine() as $finding) {
            $findings[$finding->check] ??= $finding;
            self::assertStringNotContainsString('s3cret', $finding->message . $finding->cure);
        }

        return $findings;
    }
}
