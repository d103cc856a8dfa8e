<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\Action;

/**
 * Which of the actions that were sent somebody means.
 *
 * @internal
 */
final class Matching
{
    /** By the name of an action in any case, a name with `*`, or the class of an Action. */
    public static function isOf(string $what, SentAction $sent): bool
    {
        if (str_contains($what, '\\')) {
            return $sent->action instanceof $what;
        }
        $pattern = str_replace('\*', '.*', preg_quote($what, '~'));

        return preg_match("~\\A$pattern\\z~is", $sent->name) === 1;
    }

    /**
     * @param string|\Closure $what as isOf() takes it; or a function of the action and the key of its server, which is asked only
     *     for actions of the class that it takes
     * @param \Closure|array<array-key, mixed>|null $more a function, too, or values that headers must have; null for any
     *
     * @return \Closure(SentAction): bool
     */
    public static function of(string|\Closure $what, \Closure|array|null $more = null): \Closure
    {
        $first = $what instanceof \Closure ? self::asking($what) : static fn(SentAction $sent): bool => self::isOf($what, $sent);
        $second = match (true) {
            $more === null => static fn(): bool => true,
            $more instanceof \Closure => self::asking($more),
            default => static fn(SentAction $sent): bool => self::has($sent, $more),
        };

        return static fn(SentAction $sent): bool => $first($sent) && $second($sent);
    }

    /** @return \Closure(SentAction): bool */
    private static function asking(\Closure $function): \Closure
    {
        $parameter = new \ReflectionFunction($function)->getParameters()[0] ?? null;
        $type = $parameter?->getType();
        $class = $type instanceof \ReflectionNamedType && !$type->isBuiltin() ? $type->getName() : Action::class;

        return static fn(SentAction $sent): bool => match (true) {
            // For those who want the headers as they were sent.
            $class === SentAction::class => (bool) $function($sent, $sent->serverKey),
            $sent->action instanceof $class => (bool) $function($sent->action, $sent->serverKey),
            default => false,
        };
    }

    /** @param array<array-key, mixed> $headers */
    private static function has(SentAction $sent, array $headers): bool
    {
        foreach ($headers as $name => $wanted) {
            $wanted = \is_array($wanted) ? array_values($wanted) : ($wanted === null ? [] : [$wanted]);
            $texts = array_map(
                static fn(mixed $one): string => \is_bool($one) ? ($one ? 'true' : 'false') : (\is_scalar($one) || $one instanceof \Stringable ? (string) $one : ''),
                $wanted,
            );
            if ($sent->all((string) $name) !== $texts) {
                return false;
            }
        }

        return true;
    }
}
