<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * One Asterisk server: where it is, who logs in, which events it is asked for, and how the connection is protected.
 *
 * Immutable. The secret can be put in and is never seen again: it is in no property, dump, export, trace or message.
 * Objects cannot be cloned or serialized, and take no further properties.
 */
final class ServerConfig
{
    use Polyfill\Unique;

    /** The name of the server among its fellows; part of every ActionID, log record and metric. */
    public readonly string $key;

    /** IPv4 or IPv6 address, or a host name in lower case. */
    public readonly string $host;

    /** TCP port of the server's manager, 1 to 65,535. */
    public readonly int $port;

    /** The name of a user of the server's `manager.conf`; any bytes but CR, LF and NUL. */
    public readonly string $username;

    /** How to log in: `auto`, `md5` or `plain`. */
    public readonly string $auth;

    /**
     * The events that the server is asked for at login: `on`, `off`, or a list of classes in lower case.
     *
     * @var 'on'|'off'|non-empty-list<string>
     */
    public readonly string|array $events;

    /**
     * How the connection is protected: what is in force, under the names of the constructor's argument; null without TLS.
     * Fingerprints are in upper case with colons. Of keys there are only the paths.
     *
     * @var array{
     *     verify: 'system'|'ca'|'pin'|'none',
     *     ca_file?: string,
     *     fingerprint?: string|list<string>,
     *     server_name?: string,
     *     client_cert?: string,
     *     client_key?: string,
     * }|null
     */
    public readonly ?array $tls;

    /** The options that the server has for itself; null where it has none. */
    public readonly ?ClientOptions $options;

    /**
     * @param string $key 1 to 64 printable ASCII characters without spaces and colons
     * @param string $host an IP address; a host name only where the manager's option `enforceIpEndpoints` is off
     * @param string $username not empty; at most 1,012 bytes, as the longest header line that Asterisk reads has 1,024
     * @param string $secret not empty; at most 1,014 bytes, without CR, LF and NUL
     * @param int|null $port 1 to 65,535; null is 5038, or 5039 with TLS
     * @param string $auth `auto` (by MD5 challenge where the server offers one, else plain), `md5` (the secret is
     *     never sent) or `plain`
     * @param string|list<string> $events `on` (all that the user may read), `off`, or event classes, in a list or
     *     in one string with commas between: system, call, log, verbose, command, agent, user, config, dtmf,
     *     reporting, cdr, dialplan, originate, agi, cc, aoc, test, security, message
     * @param ClientOptions|array<string, mixed>|null $options what the server changes of the manager's options; only
     *     what was given counts, not the defaults of the others; an array has names in snake case
     * @param bool|array<string, mixed> $tls false: none; true: verified with the roots of the system; or an array of
     *     `verify` (`system`, `ca`, `pin` or `none`; left out, it follows from the rest), `ca_file`, `fingerprint` (SHA-256,
     *     one or a list), `server_name` (where the certificate is not for the host), `client_cert` and `client_key`. The files
     *     are in PEM form and are read when a manager is made.
     *
     * @throws InvalidConfigurationException where an argument is of another type or cannot be used; key() is its
     *     name, and of an option `options.` and its name in snake case; value() of a secret is `***`
     */
    public function __construct(
        string $key,
        string $host,
        string $username,
        #[\SensitiveParameter]
        string $secret,
        ?int $port = null,
        string $auth = 'auto',
        string|array $events = 'on',
        ClientOptions|array|null $options = null,
        bool|array $tls = false,
    ) {
        $settings = get_defined_vars();
        unset($settings['key']);
        $this->key = Polyfill\Settings::serverKey('key', $key);
        $this->fill($settings, inArray: false);
    }

    /**
     * Reads a server as a configuration file has it.
     *
     * The names are those of the constructor's arguments; null is the same as not given. As environment variables are
     * strings, the port may be a numeric string, and `tls` one of `true`, `false`, `1` and `0`. `events` may also be true (`on`)
     * or false (`off`).
     *
     * @param string $key as in the constructor
     * @param array{
     *     host: string,
     *     port?: int|numeric-string|null,
     *     username: string,
     *     secret: string,
     *     auth?: 'auto'|'md5'|'plain'|null,
     *     events?: string|bool|list<string>|null,
     *     tls?: bool|int|string|array{
     *         verify?: 'system'|'ca'|'pin'|'none'|null,
     *         ca_file?: string|null,
     *         fingerprint?: string|list<string>|null,
     *         server_name?: string|null,
     *         client_cert?: string|null,
     *         client_key?: string|null,
     *     }|null,
     *     options?: ClientOptions|array<string, mixed>|null,
     * } $config
     *
     * @throws InvalidConfigurationException where a setting is unknown, missing, of another type or cannot be used;
     *     key() is its name, suggestion() the nearest known one
     */
    public static function fromArray(string $key, #[\SensitiveParameter] array $config): self
    {
        $self = new \ReflectionClass(self::class)->newInstanceWithoutConstructor();
        $self->key = Polyfill\Settings::serverKey('key', $key);
        $self->fill($config, inArray: true);

        return $self;
    }

    /** @param array<mixed> $config */
    private function fill(#[\SensitiveParameter] array $config, bool $inArray): void
    {
        $server = Polyfill\Server::read($config, $inArray);
        foreach (['host', 'port', 'username', 'auth', 'events', 'tls', 'options'] as $name) {
            // @phpstan-ignore assign.propertyType (what Tls has read)
            $this->{$name} = $server[$name];
        }
    }
}
