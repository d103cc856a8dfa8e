<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * One Asterisk server: where it is, who logs in, and which events it is asked for.
 *
 * Immutable. The secret can be put in and is never seen again: it is in no property, dump, export, trace or message.
 * Objects cannot be cloned or serialized, and take no further properties.
 */
final class ServerConfig
{
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

    /** The options that the server has for itself; null where it has none. */
    public readonly ?ClientOptions $options;

    /**
     * @param string $key 1 to 64 printable ASCII characters without spaces and colons
     * @param string $host an IP address; a host name only where the manager's option `enforceIpEndpoints` is off
     * @param string $username not empty; at most 1,012 bytes, as the longest header line that Asterisk reads has 1,024
     * @param string $secret not empty; at most 1,014 bytes, without CR, LF and NUL
     * @param int $port 1 to 65,535
     * @param string $auth `auto` (by MD5 challenge where the server offers one, else plain), `md5` (the secret is
     *     never sent) or `plain`
     * @param string|list<string> $events `on` (all that the user may read), `off`, or event classes, in a list or
     *     in one string with commas between: system, call, log, verbose, command, agent, user, config, dtmf,
     *     reporting, cdr, dialplan, originate, agi, cc, aoc, test, security, message
     * @param ClientOptions|array<string, mixed>|null $options what the server changes of the manager's options; only
     *     what was given counts, not the defaults of the others; an array has names in snake case
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
        int $port = 5038,
        string $auth = 'auto',
        string|array $events = 'on',
        ClientOptions|array|null $options = null,
    ) {
        throw new \Error('a stub');
    }

    /**
     * Reads a server as a configuration file has it.
     *
     * The names are those of the constructor's arguments; null is the same as not given. As environment variables are
     * strings, the port may be a numeric string. `events` may also be true (`on`) or false (`off`).
     *
     * @param string $key as in the constructor
     * @param array{
     *     host: string,
     *     port?: int|numeric-string|null,
     *     username: string,
     *     secret: string,
     *     auth?: 'auto'|'md5'|'plain'|null,
     *     events?: string|bool|list<string>|null,
     *     options?: ClientOptions|array<string, mixed>|null,
     * } $config
     *
     * @throws InvalidConfigurationException where a setting is unknown, missing, of another type or cannot be used;
     *     key() is its name, suggestion() the nearest known one
     */
    public static function fromArray(string $key, #[\SensitiveParameter] array $config): self
    {
        throw new \Error('a stub');
    }
}
