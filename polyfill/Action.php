<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * What can be sent to a server. GenericAction is any action; applications may have classes of their own.
 *
 * The methods are called each time the action is sent; what they throw passes through.
 */
interface Action
{
    /** The name of the action, such as `QueueStatus`. */
    public function name(): string;

    /**
     * The headers without `Action` and `ActionID`, in order.
     *
     * @return array<string, string|int|float|bool|\Stringable|null|list<string|int|float|bool|\Stringable|null>> values
     *     by header name, as GenericAction takes them
     */
    public function headers(): array;

    /** What completes the action; null where the action itself decides. */
    public function completionStrategy(): ?CompletionStrategy;
}
