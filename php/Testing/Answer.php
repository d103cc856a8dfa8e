<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;

/**
 * What a fake server does with an action: {@see FakeManager} takes it by the action's name.
 *
 * Immutable. Values are written as in actions: a list repeats the header, null leaves it out.
 *
 * @phpstan-import-type Headers from Frames
 */
final class Answer
{
    /** Milliseconds until it comes, of the fake's own time. */
    private int $delayMs = 0;

    /** @var list<Headers> events behind it, which carry the ActionID */
    private array $events = [];

    /** @param \Closure(SentAction, float, Completion): list<AmiEvent|AmiResponse> $messages what is sent, at this time */
    private function __construct(
        private readonly \Closure $messages,
        private readonly ?\Throwable $refusal = null,
        private readonly ?\Throwable $failure = null,
    ) {}

    /**
     * The action succeeds: a response, and whatever else the action waits for, such as the end of a list or the result of an
     * Originate. What nothing is said for is answered so.
     *
     * @param Headers $headers of the response
     */
    public static function success(array $headers = []): self
    {
        return new self(static fn(SentAction $sent, float $at, Completion $completion): array => $completion->success($headers, $at));
    }

    /**
     * `Response: Error`: the action fails with ActionErrorResponseException.
     *
     * @param Headers $headers
     */
    public static function error(string $message, array $headers = []): self
    {
        return self::response('Error', ['Message' => $message, ...$headers]);
    }

    /**
     * One response and nothing else, be it enough for the action or not.
     *
     * @param Headers $headers
     */
    public static function response(string $status, array $headers = []): self
    {
        return new self(static fn(SentAction $sent, float $at): array => [Frames::response($sent->serverKey, $status, $headers, $at, $sent->actionId)]);
    }

    /**
     * A list: a response that announces it, its items, and the event that ends it.
     *
     * @param list<Headers> $items the items, each with its name under the key `Event`
     * @param string|null $end the name of the event at the end; null for the one that the action waits for
     */
    public static function list(array $items, ?string $end = null): self
    {
        return new self(static fn(SentAction $sent, float $at, Completion $completion): array => $completion->list($items, $end, $at));
    }

    /** What a `Command` prints, line by line. */
    public static function output(string ...$lines): self
    {
        return self::response('Success', ['Message' => 'Command output follows', 'Output' => array_values($lines)]);
    }

    /**
     * An asynchronous Originate whose call came about.
     *
     * @param Headers $headers of its OriginateResponse
     */
    public static function originated(array $headers = []): self
    {
        return self::response('Success', ['Message' => 'Originate successfully queued'])
            ->with(['Event' => 'OriginateResponse', 'Response' => 'Success', 'Reason' => 4, ...$headers]);
    }

    /**
     * An asynchronous Originate that was accepted, and whose call failed: the action fails with OriginateFailedException.
     *
     * @param int $reason as Asterisk has it: 0 not reachable, 1 hung up, 3 not answered, 5 busy, 8 congestion
     * @param Headers $headers of its OriginateResponse
     */
    public static function originateFailed(int $reason = 5, array $headers = []): self
    {
        return self::response('Success', ['Message' => 'Originate successfully queued'])
            ->with(['Event' => 'OriginateResponse', 'Response' => 'Failure', 'Reason' => $reason, ...$headers]);
    }

    /** Frames as they stand in a capture; they get the ActionID of the action where they have none. */
    public static function raw(string ...$frames): self
    {
        return new self(static fn(SentAction $sent, float $at): array => array_map(
            static fn(string $frame): AmiEvent|AmiResponse => Frames::raw($sent->serverKey, $frame, $at, $sent->actionId),
            array_values($frames),
        ));
    }

    /** Nothing ever comes: the action fails with ActionTimeoutException when its time is over. */
    public static function never(): self
    {
        return new self(static fn(): array => []);
    }

    /** send() throws, and nothing is sent: BackpressureException, say. */
    public static function throw(\Throwable $refusal): self
    {
        return new self(static fn(): array => [], refusal: $refusal);
    }

    /** The action is sent, and fails with this instead of being answered. */
    public static function fail(\Throwable $failure): self
    {
        return new self(static fn(): array => [], failure: $failure);
    }

    /** These one after the other, one for each action that asks. */
    public static function sequence(self|AmiResponse|\Throwable ...$answers): AnswerSequence
    {
        return new AnswerSequence(array_map(self::of(...), array_values($answers)));
    }

    /**
     * The same with events behind it that carry the ActionID of the action.
     *
     * @param Headers ...$events each with its name under the key `Event`
     */
    public function with(array ...$events): self
    {
        $with = clone $this;
        $with->events = [...$this->events, ...array_values($events)];

        return $with;
    }

    /** The same, so many milliseconds later by the fake's own time: nobody waits for them. */
    public function after(int $milliseconds): self
    {
        if ($milliseconds < 0) {
            throw Failures::invalid('milliseconds', $milliseconds, "$milliseconds is negative");
        }
        $later = clone $this;
        $later->delayMs = $milliseconds;

        return $later;
    }

    /** @internal */
    public static function of(self|AmiResponse|\Throwable $given): self
    {
        return match (true) {
            $given instanceof self => $given,
            $given instanceof AmiResponse => self::raw($given->raw()),
            default => self::throw($given),
        };
    }

    /** @internal what send() throws */
    public function refusal(): ?\Throwable
    {
        return $this->refusal;
    }

    /** @internal what the action fails with */
    public function failure(): ?\Throwable
    {
        return $this->failure;
    }

    /** @internal */
    public function delayMs(): int
    {
        return $this->delayMs;
    }

    /**
     * @internal
     *
     * @return list<AmiEvent|AmiResponse>
     */
    public function messages(SentAction $sent, float $at, Completion $completion): array
    {
        $messages = ($this->messages)($sent, $at, $completion);
        foreach ($this->events as $event) {
            $messages[] = Completion::item($sent, $event, $at);
        }

        return $messages;
    }
}
