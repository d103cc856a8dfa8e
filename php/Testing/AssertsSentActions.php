<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use PHPUnit\Framework\Assert as PHPUnit;

/**
 * What a fake was sent, and assertions about it. PHPUnit is needed only by those.
 *
 * `$what` is the name of an action in any case, a name with `*`, the class of an Action, or a function of the action and the key of
 * its server. `$more` narrows it: such a function, too, or values that headers must have. A function is asked only for actions of the
 * class that its first parameter has; one of {@see SentAction} gets all of them, with their headers as they were sent.
 *
 * @internal
 */
trait AssertsSentActions
{
    /** Actions that a message of a failure lists: enough to see what happened. */
    private const int MAX_LISTED = 50;

    /** @return list<SentAction> what was sent, in order; all of it without arguments */
    abstract protected function sentActions(): array;

    /**
     * @param string|\Closure|null $what null for everything
     * @param \Closure|array<array-key, mixed>|null $more
     *
     * @return list<SentAction> in the order of sending
     */
    public function sent(string|\Closure|null $what = null, \Closure|array|null $more = null): array
    {
        return $what === null ? $this->sentActions() : array_values(array_filter($this->sentActions(), Matching::of($what, $more)));
    }

    /** @param \Closure|array<array-key, mixed>|null $more */
    public function assertSent(string|\Closure $what, \Closure|array|null $more = null): static
    {
        $this->assertThat(
            $this->sent($what, $more) !== [],
            $this->named('The expected action', $what, $more) . ' was not sent.',
        );

        return $this;
    }

    /** @param \Closure|array<array-key, mixed>|null $more */
    public function assertSentTo(string $serverKey, string|\Closure $what, \Closure|array|null $more = null): static
    {
        $this->assertThat(
            array_any($this->sent($what, $more), static fn(SentAction $sent): bool => $sent->serverKey === $serverKey),
            $this->named('The expected action', $what, $more) . " was not sent to \"$serverKey\".",
        );

        return $this;
    }

    /** @param \Closure|array<array-key, mixed>|null $more */
    public function assertNotSent(string|\Closure $what, \Closure|array|null $more = null): static
    {
        $this->assertThat(
            $this->sent($what, $more) === [],
            $this->named('The action', $what, $more) . ' was sent.',
        );

        return $this;
    }

    /** @param string|\Closure|null $of which of them are counted; null for all */
    public function assertSentCount(int $count, string|\Closure|null $of = null): static
    {
        $found = \count($this->sent($of));
        $this->assertThat($found === $count, ($of === null ? 'Actions' : $this->named('The action', $of, null)) . " sent: $found, expected: $count.");

        return $this;
    }

    public function assertNothingSent(): static
    {
        return $this->assertSentCount(0);
    }

    private function assertThat(bool $holds, string $message): void
    {
        if (!$holds) {
            PHPUnit::fail($message . "\n" . $this->listed());
        }
        // @phpstan-ignore staticMethod.alreadyNarrowedType (PHPUnit counts it)
        PHPUnit::assertTrue($holds);
    }

    /** @param \Closure|array<array-key, mixed>|null $more */
    private function named(string $otherwise, string|\Closure $what, \Closure|array|null $more): string
    {
        $with = match (true) {
            $more === null => '',
            $more instanceof \Closure => ' that the given function accepts',
            // Not their values: they may be secrets.
            default => ' with the given ' . implode(', ', array_keys($more)),
        };

        return (\is_string($what) ? $what : $otherwise) . $with;
    }

    private function listed(): string
    {
        $all = $this->sentActions();
        if ($all === []) {
            return 'Nothing was sent.';
        }
        $lines = [];
        foreach (\array_slice($all, 0, self::MAX_LISTED) as $place => $sent) {
            $lines[] = ($place + 1) . '. ' . $sent->describe();
        }
        $more = \count($all) - \count($lines);

        return "Sent were:\n" . implode("\n", $lines) . ($more > 0 ? "\nand $more more" : '');
    }
}
