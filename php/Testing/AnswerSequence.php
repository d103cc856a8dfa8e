<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\AmiResponse;

/** Answers one after the other; made by {@see Answer::sequence()}. One more than there are is a mistake of the test. */
final class AnswerSequence
{
    private ?Answer $whenEmpty = null;

    /** @param list<Answer> $answers */
    public function __construct(private array $answers) {}

    public function push(Answer|AmiResponse|\Throwable $answer): self
    {
        $this->answers[] = Answer::of($answer);

        return $this;
    }

    /** What follows the last of them, however often. */
    public function whenEmpty(Answer|AmiResponse|\Throwable $answer): self
    {
        $this->whenEmpty = Answer::of($answer);

        return $this;
    }

    public function isEmpty(): bool
    {
        return $this->answers === [];
    }

    /** @internal */
    public function next(string $actionName): Answer
    {
        return array_shift($this->answers) ?? $this->whenEmpty
            ?? throw new UnexpectedActionException("$actionName was sent once more than its sequence has answers");
    }
}
