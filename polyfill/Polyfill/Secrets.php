<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

use Apn\AmiClient\ClientOptions;

/**
 * What must not be seen in a log: the rules of the extension, by the names of values and by what texts look like.
 *
 * @internal
 */
final readonly class Secrets
{
    public const string HIDDEN = '***';

    private const int DEPTH = 32;

    private const int ELEMENTS = 10_000;

    /** Bytes before a `=`, `:` or `@` in which a name, or the beginning of an address, is looked for. */
    private const int MAX_LOOK_BACK = 128;

    /** @var list<string> */
    private array $keys;

    /** @var list<string> */
    private array $keyPatterns;

    /** @var list<string> */
    private array $valuePatterns;

    public function __construct(?ClientOptions $options = null)
    {
        $this->keys = array_map(self::plain(...), $options->redactionKeys ?? []);
        $this->keyPatterns = $options->redactionKeyPatterns ?? [];
        $this->valuePatterns = $options->redactionValuePatterns ?? [];
    }

    /** Whether a value of an action may be a secret: what logs hide, and what carries whatever the application puts there. */
    public static function maySecretStandIn(string $header): bool
    {
        return new self()->hides($header) || preg_match('/key|variable|auth|val|command|data|body|message/i', $header) === 1;
    }

    public function hides(string $name): bool
    {
        return SecretNames::has($name)
            || \in_array(self::plain($name), $this->keys, true)
            || array_any($this->keyPatterns, static fn(string $pattern): bool => preg_match($pattern, $name) === 1);
    }

    public function value(#[\SensitiveParameter] mixed $value): mixed
    {
        $left = self::ELEMENTS;

        return $this->within($value, self::DEPTH, $left);
    }

    public function text(#[\SensitiveParameter] string $text): string
    {
        $text = self::without($text, $this->found($text));
        foreach ($this->valuePatterns as $pattern) {
            $places = [];
            preg_match_all($pattern, $text, $matches, \PREG_SET_ORDER | \PREG_OFFSET_CAPTURE);
            foreach ($matches as $match) {
                $groups = array_filter($match, static fn(int|string $group): bool => \is_int($group), \ARRAY_FILTER_USE_KEY);
                foreach (\count($groups) === 1 ? $groups : \array_slice($groups, 1) as [$found, $at]) {
                    if ($at >= 0) {
                        $places[] = [$at, $at + \strlen($found)];
                    }
                }
            }
            $text = self::without($text, $places);
        }

        return $text;
    }

    private function within(#[\SensitiveParameter] mixed $value, int $depth, int &$left): mixed
    {
        if (\is_string($value)) {
            return $this->text($value);
        }
        if (!\is_array($value)) {
            return $value;
        }
        if ($depth === 0) {
            return self::HIDDEN;
        }
        $shown = [];
        foreach ($value as $key => $element) {
            if ($left > 0 && ($element === null || !\is_string($key) || !$this->hides($key))) {
                $left--;
                $shown[$key] = $this->within($element, $depth - 1, $left);
            } else {
                $shown[$key] = self::HIDDEN;
            }
            if ($left === 0) {
                break;
            }
        }

        return $shown;
    }

    /** @return list<array{int, int}> from and to, in order */
    private function found(#[\SensitiveParameter] string $text): array
    {
        $found = [];
        $done = 0;
        for ($at = strcspn($text, '=:@'); $at < \strlen($text); $at += 1 + strcspn($text, '=:@', $at + 1)) {
            if ($at < $done) {
                continue;
            }
            $secret = $text[$at] === '@' ? self::userinfo($text, $at) : $this->assigned($text, $at);
            if ($secret !== null && $secret[0] < $secret[1]) {
                $found[] = $secret;
                $done = $secret[1];
            }
        }

        return $found;
    }

    /**
     * The value behind the `=` or `:` at a place, if the name before it is hidden.
     *
     * @return array{int, int}|null
     */
    private function assigned(#[\SensitiveParameter] string $text, int $at): ?array
    {
        $before = rtrim(substr($text, max(0, $at - self::MAX_LOOK_BACK), min($at, self::MAX_LOOK_BACK)), " \t\n\r\f");
        $unquoted = preg_replace('/(\\\\"|"|\')\z/', '', $before, 1, $quotes);
        // `CHANNEL(secret)` and `arguments[token]` are named by what stands last in them.
        $before = preg_replace('/[)\]]\z/', '', (string) $unquoted);
        if (preg_match('/[A-Za-z0-9_.\x80-\xff-]+\z/', (string) $before, $match) !== 1 || !$this->hides($match[0])) {
            return null;
        }
        $name = $match[0];
        $start = $at + 1 + strspn($text, ">=: \t", $at + 1);
        if (preg_match('/\G(\\\\"|"|\')/', $text, $quote, 0, $start) === 1) {
            $start += \strlen($quote[0]);
            $inner = preg_quote($quote[0], '/');
            preg_match("/\\G(?:(?!$inner)(?:\\\\.|[^\\\\]|\\\\\\z))*+/s", $text, $value, 0, $start);
            $end = $start + \strlen($value[0] ?? '');
        } elseif ($quotes === 0 && (self::isAlone($text, $at, $name) || preg_match('/(authorization|cookie)\z/', self::plain($name)) === 1)) {
            $end = $start + strcspn($text, "\r\n", $start);
        } else {
            $end = $start + strcspn($text, " \t\n\r\f&\"", $start);
        }

        return [$start, $end];
    }

    /** Whether nothing but the name stands between the beginning of its line and the place. */
    private static function isAlone(#[\SensitiveParameter] string $text, int $at, string $name): bool
    {
        $line = strrchr("\n" . substr($text, 0, $at), "\n");

        return \strlen(trim((string) $line, " \t\n\r\f")) === \strlen($name);
    }

    /**
     * The password before the `@` at a place: `https://user:password@host`, `sip:user:password@host`.
     *
     * @return array{int, int}|null
     */
    private static function userinfo(#[\SensitiveParameter] string $text, int $at): ?array
    {
        $from = max(0, $at - self::MAX_LOOK_BACK);
        preg_match('/[^ \t\n\r\f"<\']*\z/', substr($text, $from, $at - $from), $address, \PREG_OFFSET_CAPTURE);
        [$address, $begin] = $address[0] ?? ['', 0];
        $user = null;
        foreach (['://', 'sips:', 'sip:'] as $scheme) {
            $place = strrpos(strtolower($address), $scheme);
            $user = $place === false ? $user : max($user ?? 0, $place + \strlen($scheme));
        }
        $colon = $user === null ? false : strpos($address, ':', $user);

        return $colon === false ? null : [$from + $begin + $colon + 1, $at];
    }

    /** @param list<array{int, int}> $places */
    private static function without(#[\SensitiveParameter] string $text, array $places): string
    {
        sort($places);
        $shown = '';
        $done = 0;
        foreach ($places as [$start, $end]) {
            if ($start === $end) {
                continue;
            }
            if ($start >= $done) {
                $shown .= substr($text, $done, $start - $done) . self::HIDDEN;
            }
            $done = max($done, $end);
        }

        return $done === 0 ? $text : $shown . substr($text, $done);
    }

    private static function plain(string $name): string
    {
        return strtolower((string) preg_replace('/[^A-Za-z0-9]/', '', $name));
    }
}
