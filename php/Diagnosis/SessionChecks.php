<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\AuthenticationException;
use Apn\AmiClient\GenericAction;

/** A session of its own, with the user and secret as configured: login, boot, latency, clock, version. One attempt. */
final readonly class SessionChecks
{
    private const int PINGS = 5;

    /** The client waits so long for a FullyBooted, and a tick. */
    private const int BOOT_MS = 5500;

    /** From here on, log records of two machines cannot be put in order by eye. */
    private const float SKEW_SECONDS = 2.0;

    /** The oldest release that this client is tried against. */
    private const int OLDEST_VERSION = 16;

    public function __construct(private Patient $patient, private AmiClientManager $manager) {}

    /** @return \Generator<mixed, Finding, mixed, AmiClient|null> returns the session, where there is one */
    public function run(): \Generator
    {
        $key = $this->patient->key;
        $client = $this->manager->server($key);
        $hasBooted = false;
        $client->onEvent('FullyBooted', static function (AmiEvent $event) use (&$hasBooted): void {
            $hasBooted = true;
        });
        $start = hrtime(true);
        try {
            $client->waitUntilReady($this->milliseconds() + self::BOOT_MS);
        } catch (AmiException $error) {
            yield Finding::failure($key, 'login', $error->getMessage(), $this->cureOf($error));

            return null;
        }
        yield Finding::ok($key, 'login', \sprintf('"%s" is logged in, %.0f ms', $this->patient->server->username, (hrtime(true) - $start) / 1e6));
        yield $this->booted(static function () use (&$hasBooted): bool {
            return $hasBooted;
        });
        if (!(yield from $this->pings($client))) {
            return null;
        }
        yield $this->version($client);

        return $client;
    }

    private function cureOf(AmiException $error): string
    {
        $user = $this->patient->server->username;

        return match (true) {
            $error instanceof AuthenticationException && str_contains($error->getMessage(), 'In Use') => "[$user] of manager.conf: allowmultiplelogin = yes   # or a user of its own for this",
            $error instanceof AuthenticationException => "[$user] of manager.conf: secret, permit/deny and acl; asterisk -rx 'manager show user $user'",
            str_contains($error->getMessage(), 'certificate') || str_contains($error->getMessage(), 'TLS') => "'tls' of this server   # docs/tls.md says it by reason",
            default => "the log of Asterisk: asterisk -rvvv; then authtimeout and authlimit in [general] of manager.conf",
        };
    }

    /** @param \Closure(): bool $hasBooted */
    private function booted(\Closure $hasBooted): Finding
    {
        $key = $this->patient->key;
        $events = $this->patient->server->events;
        if ($events === 'off' || (\is_array($events) && !\in_array('system', $events, true))) {
            return Finding::skipped($key, 'booted', "no FullyBooted is asked for: 'events' leave the class system out", "'events' => 'on', or system among the classes   # a booting Asterisk is known by it");
        }
        for ($until = hrtime(true) + 500_000_000; !$hasBooted() && hrtime(true) < $until;) {
            $this->manager->tickAll(20);
        }

        return $hasBooted()
            ? Finding::ok($key, 'booted', 'Asterisk says that it is fully booted')
            : Finding::warning($key, 'booted', 'no FullyBooted came: sessions wait in vain for it at each login', "[{$this->patient->server->username}] of manager.conf: system among the classes of read =");
    }

    /** @return \Generator<mixed, Finding, mixed, bool> returns whether the server answers */
    private function pings(AmiClient $client): \Generator
    {
        $key = $this->patient->key;
        [$times, $skew] = [[], null];
        for ($ping = 0; $ping < self::PINGS; $ping++) {
            $start = hrtime(true);
            $before = microtime(true);
            try {
                $answer = $client->call(new GenericAction('Ping'), $this->milliseconds());
            } catch (AmiException $error) {
                yield Finding::failure($key, 'latency', 'a Ping is not answered: ' . $error->getMessage(), "asterisk -rx 'core show threads'   # a server that hangs; or a network that loses");

                return false;
            }
            $took = (hrtime(true) - $start) / 1e9;
            $said = $answer->get('Timestamp');
            // The best of them: the shorter the way, the less its halves can differ.
            if ($said !== null && is_numeric($said) && ($times === [] || $took < min($times))) {
                $skew = (float) $said - ($before + $took / 2);
            }
            $times[] = $took;
        }
        sort($times);
        yield Finding::ok($key, 'latency', \sprintf('a Ping takes %.2f ms (median of %d, at most %.2f ms)', $times[intdiv(self::PINGS, 2)] * 1000, self::PINGS, $times[self::PINGS - 1] * 1000));
        if ($skew === null) {
            yield Finding::skipped($key, 'clock', 'the server does not say its time in answers to Ping');
        } elseif (abs($skew) > self::SKEW_SECONDS) {
            yield Finding::warning($key, 'clock', \sprintf('the clock of the server is %.1f s %s this one: log records and CDRs of both cannot be put in order', abs($skew), $skew > 0 ? 'ahead of' : 'behind'), 'timedatectl set-ntp true   # on both machines');
        } else {
            yield Finding::ok($key, 'clock', \sprintf('the clocks differ by %.0f ms', abs($skew) * 1000));
        }

        return true;
    }

    private function version(AmiClient $client): Finding
    {
        $key = $this->patient->key;
        for ($until = hrtime(true) + (int) ($this->patient->stepSeconds * 1e9 / 4); $client->asteriskVersion() === null && hrtime(true) < $until;) {
            $this->manager->tickAll(20);
        }
        $version = $client->asteriskVersion();
        if ($version === null) {
            return Finding::warning($key, 'version', 'the version of Asterisk is not known: actions that it does not have are refused by it and not before', "[{$this->patient->server->username}] of manager.conf: write = reporting (or system)");
        }

        return (int) $version < self::OLDEST_VERSION
            ? Finding::warning($key, 'version', "Asterisk $version: this client was tried with " . self::OLDEST_VERSION . ' and later', 'an Asterisk that is maintained')
            : Finding::ok($key, 'version', "Asterisk $version, AMI {$client->amiVersion()}");
    }

    private function milliseconds(): int
    {
        return (int) ($this->patient->stepSeconds * 1000);
    }
}
