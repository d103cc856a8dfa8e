<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\GenericAction;

/** Settings of the server's manager.conf that hurt a client some day. Nothing is changed. */
final class SettingsChecks
{
    /** What Asterisk has where nothing is set (configs/samples/manager.conf.sample). */
    private const int DEFAULT_WRITE_TIMEOUT_MS = 100;

    private const int DEFAULT_AUTH_LIMIT = 50;

    /** A listener, its stand-by and a few that look are at the door at once after a restart. */
    private const int LEAST_AUTH_LIMIT = 10;

    /** With 100 ms a session was cut 1.0 to 1.2 s after a flood began that it did not read; with 30 s after 31 s. */
    private const int LEAST_WRITE_TIMEOUT_MS = 5000;

    public private(set) ?ManagerConf $shownUser = null;

    public function __construct(private readonly Patient $patient, private readonly AmiClient $client) {}

    /** Asks for what `manager show user` says. */
    public function askForUser(): ?ManagerConf
    {
        // The name goes into a command line of Asterisk: only where it is one word.
        $name = $this->patient->server->username;
        if (preg_match('/\A[\w.@-]+\z/', $name) === 1) {
            $this->shownUser = $this->command("manager show user $name");
        }

        return $this->shownUser;
    }

    /** @return iterable<Finding> */
    public function run(): iterable
    {
        [$key, $name] = [$this->patient->key, $this->patient->server->username];
        $shown = $this->command('manager show settings');
        $general = $this->section('general');
        $user = $this->mayAskForUser() ? $this->section($name) : null;

        yield $this->writeTimeout($user);
        yield $this->authLimit($general);
        yield $this->web($shown, $general);
        yield $this->multipleLogin($user, $shown);
        $disabled = [...($shown?->list('disabled events') ?? []), ...($general?->list('disabledevents') ?? [])];
        $lost = array_values(array_filter($this->patient->heard->exact(), static fn(string $event): bool => \in_array(strtolower($event), array_map(strtolower(...), $disabled), true)));
        if ($lost !== []) {
            yield Finding::failure($key, 'disabledevents', implode(', ', $lost) . ' cannot be heard: the server makes no such events', '[general] of manager.conf: take ' . implode(',', $lost) . ' out of disabledevents =');
        }
        if ($user?->get('eventfilter') !== null || ($user?->isEmpty() === false && $this->hasAdvancedFilter($user))) {
            yield Finding::warning($key, 'eventfilter', 'the user has filters of events in manager.conf: what they hold back is not heard', "[$name] of manager.conf: eventfilter   # compare with what is listened to");
        }
    }

    private function writeTimeout(?ManagerConf $user): Finding
    {
        [$key, $name] = [$this->patient->key, $this->patient->server->username];
        $cure = "[$name] of manager.conf: writetimeout = 30000";
        if ($user === null) {
            return Finding::skipped($key, 'writetimeout', $this->mayAskForUser()
                ? 'not to be had: the user has no right write = config. Asterisk has ' . self::DEFAULT_WRITE_TIMEOUT_MS . ' ms unless it is set, after which it cuts a session that does not read'
                : 'not asked for: the answer has the secret in it, and goes without TLS; --read-config asks all the same. Asterisk has ' . self::DEFAULT_WRITE_TIMEOUT_MS . ' ms unless it is set', $cure);
        }
        $timeout = $user->int('writetimeout', self::DEFAULT_WRITE_TIMEOUT_MS);

        return $timeout < self::LEAST_WRITE_TIMEOUT_MS
            ? Finding::warning($key, 'writetimeout', "after $timeout ms in which nothing is read, Asterisk cuts the session: a stalled worker or network loses what was under way", $cure)
            : Finding::ok($key, 'writetimeout', "$timeout ms");
    }

    private function authLimit(?ManagerConf $general): Finding
    {
        $key = $this->patient->key;
        if ($general === null) {
            return Finding::skipped($key, 'authlimit', 'not to be had: the user has no right write = config. Asterisk has ' . self::DEFAULT_AUTH_LIMIT . ' unless it is set');
        }
        $limit = $general->int('authlimit', self::DEFAULT_AUTH_LIMIT);

        return $limit < self::LEAST_AUTH_LIMIT
            ? Finding::warning($key, 'authlimit', "only $limit sessions may be logging in at one time: workers that start together are refused", '[general] of manager.conf: authlimit = ' . self::DEFAULT_AUTH_LIMIT)
            : Finding::ok($key, 'authlimit', "$limit sessions may be logging in at one time");
    }

    private function web(?ManagerConf $shown, ?ManagerConf $general): Finding
    {
        $key = $this->patient->key;
        $isOn = $shown?->isOn('web manager (ami/http)') ?? $general?->isOn('webenabled');

        return match ($isOn) {
            null => Finding::skipped($key, 'webenabled', 'whether AMI is also served over HTTP is not to be had: the user has neither write = command nor config'),
            true => Finding::warning($key, 'webenabled', 'AMI is also served over HTTP (/manager, /rawman, /mxml): the same rights to whoever has a password, without what protects this port', '[general] of manager.conf: webenabled = no'),
            false => Finding::ok($key, 'webenabled', 'AMI is not served over HTTP'),
        };
    }

    private function multipleLogin(?ManagerConf $user, ?ManagerConf $shown): Finding
    {
        [$key, $name] = [$this->patient->key, $this->patient->server->username];
        $isAllowed = $this->shownUser?->isOn('allowmultiplelogin') ?? $user?->isOn('allowmultiplelogin') ?? $shown?->isOn('allow multiple login');

        return match ($isAllowed) {
            null => Finding::skipped($key, 'allowmultiplelogin', 'whether several sessions may have this user is not to be had'),
            true => Finding::ok($key, 'allowmultiplelogin', 'several sessions may have this user: a listener, its stand-by, and ami:tail'),
            false => Finding::warning($key, 'allowmultiplelogin', 'one session at a time: while a listener has it, its successor, ami:tail and this are refused', "[$name] of manager.conf: allowmultiplelogin = yes"),
        };
    }

    /** GetConfig answers with the whole section, the secret in clear. */
    private function mayAskForUser(): bool
    {
        return $this->patient->mayReadSecret || $this->patient->hasTls() || Patient::isLoopback($this->patient->server->host);
    }

    /** `eventfilter(action(exclude),name(X))` is a name of its own. */
    private function hasAdvancedFilter(ManagerConf $user): bool
    {
        return array_any($user->names(), static fn(string $name): bool => str_starts_with($name, 'eventfilter('));
    }

    private function command(string $command): ?ManagerConf
    {
        return $this->ask(new GenericAction('Command', ['Command' => $command]), ManagerConf::ofCommand(...));
    }

    private function section(string $category): ?ManagerConf
    {
        return $this->ask(new GenericAction('GetConfig', ['Filename' => 'manager.conf', 'Category' => $category]), ManagerConf::ofSection(...));
    }

    /** @param \Closure(\Apn\AmiClient\AmiResponse): ManagerConf $read */
    private function ask(GenericAction $action, \Closure $read): ?ManagerConf
    {
        try {
            $answer = $read($this->client->call($action, (int) ($this->patient->stepSeconds * 1000)));
        } catch (AmiException) {
            // No right, no such section: what is not known is said as such.
            return null;
        }

        return $answer->isEmpty() ? null : $answer;
    }
}
