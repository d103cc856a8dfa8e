<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

/** From outside: name, port, TLS, greeting. Nobody logs in. */
final readonly class ReachChecks
{
    /** A certificate is renewed by hand more often than not. */
    private const int EXPIRY_DAYS = 21;

    private const int DAY = 86_400;

    public function __construct(private Patient $patient, private int $now) {}

    /** @return \Generator<mixed, Finding, mixed, bool> returns whether there is a point in logging in */
    public function run(): \Generator
    {
        $server = $this->patient->server;
        $probe = new Probe($this->patient->stepSeconds);
        $address = trim($server->host, '[]');
        $isName = filter_var($address, \FILTER_VALIDATE_IP) === false;
        if ($isName && $this->patient->options->enforceIpEndpoints) {
            yield $this->failure('address', "\"$address\" is a name, and only IP addresses are allowed", "'host' => an IP address, or 'options' => ['enforce_ip_endpoints' => false]");

            return false;
        }
        if ($isName) {
            $addresses = $probe->addresses($address);
            if ($addresses === null || $addresses === []) {
                yield $this->failure('address', "\"$address\" " . ($addresses === null ? 'was not looked up in time' : 'has no address'), "getent ahosts $address   # on this machine; then /etc/resolv.conf or /etc/hosts");

                return false;
            }
            yield Finding::ok($this->patient->key, 'address', "\"$address\" is " . implode(', ', $addresses));
            $address = $addresses[0];
        } else {
            yield Finding::ok($this->patient->key, 'address', "$address is an IP address");
        }

        $took = $probe->connect($address, $server->port, $server->tls);
        if (\is_string($took)) {
            yield $this->failure('tcp', "$address:{$server->port} is not reached: $took", str_contains($took, 'refused')
                ? "asterisk -rx 'manager show settings'   # on the server: is it enabled, and bound to this address and port?"
                : "nc -vz $address {$server->port}   # from here: a firewall, a route or a wrong address");

            return false;
        }
        yield Finding::ok($this->patient->key, 'tcp', \sprintf('%s:%d is reached in %.1f ms', $address, $server->port, $took * 1000));
        yield $this->secrecy($address);
        if ($this->patient->hasTls()) {
            if (!(yield from $this->tls($probe))) {
                return false;
            }
        }

        $greeting = $probe->greeting();
        if ($greeting !== null && str_starts_with($greeting, 'Asterisk Call Manager/')) {
            yield Finding::ok($this->patient->key, 'greeting', $greeting);

            return true;
        }
        yield match (true) {
            $greeting === null => $this->failure('greeting', "nothing was said in {$this->patient->stepSeconds} s", $this->patient->hasTls()
                ? "'port': is it that of AMI over TLS (tlsbindaddr)?" : "'port': is it that of AMI, and not one of TLS? Then 'tls' => true or [...]"),
            $greeting === '' => $this->failure('greeting', 'the connection was closed without a word: too many unauthenticated sessions (authlimit), or a proxy', "[general] of manager.conf: authlimit = 100   # and look who connects: asterisk -rx 'manager show connected'"),
            default => $this->failure('greeting', 'this is no AMI: it says "' . substr((string) preg_replace('/[^\x20-\x7e]/', '.', $greeting), 0, 60) . '"', "'port': AMI is on 5038, over TLS on 5039, unless manager.conf says otherwise"),
        };

        return false;
    }

    private function secrecy(string $address): Finding
    {
        $server = $this->patient->server;
        if ($server->tls !== null) {
            return $server->tls['verify'] === 'none'
                ? Finding::warning($this->patient->key, 'secrecy', 'the certificate is not verified: who stands in between reads the login and can send actions', "'tls' => ['fingerprint' => '...']   # the one below, after comparing it on the server")
                : Finding::ok($this->patient->key, 'secrecy', "TLS, verified by {$server->tls['verify']}");
        }
        if (Patient::isLoopback($address)) {
            return Finding::ok($this->patient->key, 'secrecy', 'no TLS, and none needed on this machine');
        }

        return Finding::warning(
            $this->patient->key,
            'secrecy',
            "no TLS to $address: events and actions can be read and forged on the way" . ($server->auth === 'plain' ? ', and the secret is sent in clear' : ''),
            "'tls' => ['fingerprint' => '...'], and tlsenable = yes in [general] of manager.conf   # docs/tls.md" . ($server->auth === 'plain' ? "; 'auth' => 'md5'" : ''),
        );
    }

    /** @return \Generator<mixed, Finding, mixed, bool> */
    private function tls(Probe $probe): \Generator
    {
        $key = $this->patient->key;
        if (!\extension_loaded('openssl')) {
            yield Finding::skipped($key, 'tls', 'PHP has no openssl, with which the certificate would be looked at; the login below verifies it all the same');

            return true;
        }
        $facts = $probe->encrypt();
        if (\is_string($facts)) {
            yield $this->failure('tls', "no TLS: $facts", "'port': is it the one of tlsbindaddr? openssl s_client -connect {$this->patient->server->host}:{$this->patient->server->port}");

            return false;
        }
        yield Finding::ok($key, 'tls', \sprintf(
            '%s, %s; %s, %s%s',
            $facts->version,
            $facts->cipher,
            $facts->subject,
            $facts->isSelfSigned() ? 'self-signed' : "issued by $facts->issuer, $facts->chain certificates sent",
            $facts->names === '' ? ', without subjectAltName' : "; $facts->names",
        ));
        yield Finding::ok($key, 'fingerprint', $facts->fingerprint);
        yield $this->expiry($facts);

        return true;
    }

    private function expiry(TlsFacts $facts): Finding
    {
        $key = $this->patient->key;
        $isPinned = ($this->patient->server->tls['verify'] ?? '') === 'pin';
        if ($facts->validTo === null) {
            return Finding::skipped($key, 'expiry', 'the certificate has no dates that can be read');
        }
        $days = (int) floor(($facts->validTo - $this->now) / self::DAY);
        $date = gmdate('Y-m-d H:i', $facts->validTo) . ' UTC';
        $cure = 'a new certificate for tlscertfile, then core restart   # docs/tls.md; list both fingerprints meanwhile, where they are pinned';

        return match (true) {
            $facts->validFrom !== null && $facts->validFrom > $this->now => Finding::failure($key, 'expiry', 'the certificate is not valid before ' . gmdate('Y-m-d H:i', $facts->validFrom) . ' UTC; this machine has ' . gmdate('Y-m-d H:i', $this->now) . ' UTC', 'the clock of this machine or of the one that made the certificate: timedatectl'),
            $days < 0 && !$isPinned => $this->failure('expiry', "the certificate has expired, on $date", $cure),
            $days < 0 => Finding::warning($key, 'expiry', "the certificate has expired, on $date; as it is pinned, it works on", $cure),
            $days < self::EXPIRY_DAYS => Finding::warning($key, 'expiry', "the certificate expires in $days days, on $date", $cure),
            default => Finding::ok($key, 'expiry', "the certificate expires in $days days, on $date"),
        };
    }

    private function failure(string $check, string $message, string $cure): Finding
    {
        return Finding::failure($this->patient->key, $check, $message, $cure);
    }
}
