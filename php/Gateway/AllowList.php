<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/**
 * Which actions may go through the gateway, by name. The listener decides by its own; a sender asks its copy first, and is told
 * sooner.
 */
final readonly class AllowList
{
    /**
     * What no list allows: the session belongs to the listener and to all who share it. These log it in or out, change which events
     * it hears, or block it for everybody until something happens.
     */
    private const array NEVER = ['login', 'logoff', 'challenge', 'events', 'filter', 'waitevent'];

    /** @var list<string> */
    private array $patterns;

    /** @param list<string> $names of actions, in any case; `*` stands for any characters, and alone for all that may be allowed */
    public function __construct(array $names)
    {
        $this->patterns = array_map(strtolower(...), $names);
    }

    /**
     * @param array<string, string|list<string>> $headers as GenericAction has them
     *
     * @throws ActionNotAllowedException
     */
    public function check(string $action, array $headers): void
    {
        $name = strtolower($action);
        if (\in_array($name, self::NEVER, true)) {
            throw ActionNotAllowedException::of($action, 'the session is the listener\'s own, and no list allows it');
        }
        if ($name === 'originate' && !self::isAsync($headers)) {
            throw ActionNotAllowedException::of($action, 'without Async it would block the session for all until the call was answered');
        }
        foreach ($this->patterns as $pattern) {
            if ($pattern === $name || preg_match('/\A' . str_replace('\*', '.*', preg_quote($pattern, '/')) . '\z/s', $name) === 1) {
                return;
            }
        }
        throw ActionNotAllowedException::of($action, 'gateway.allow does not name it');
    }

    /** @param array<string, string|list<string>> $headers */
    private static function isAsync(array $headers): bool
    {
        $async = array_change_key_case($headers)['async'] ?? 'true';

        // What Asterisk takes for true (ast_true in main/utils.c). Of a header that repeats it takes the first, so all must be.
        foreach ((array) $async as $value) {
            if (!\in_array(strtolower($value), ['yes', 'true', 'y', 't', '1', 'on'], true)) {
                return false;
            }
        }

        return true;
    }
}
