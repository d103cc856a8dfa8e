<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiResponse;

/**
 * What a fake answers to which action.
 *
 * @phpstan-import-type Headers from Frames
 *
 * @phpstan-type Given Answer|AnswerSequence|AmiResponse|\Throwable|Headers|(\Closure(Action, string): (Answer|AnswerSequence|AmiResponse|\Throwable|Headers|null))
 *
 * @internal
 */
final class Answers
{
    /** @var list<array{string, Given}> names, wildcards and classes with their answers; the first that fits counts */
    private array $rules = [];

    private bool $refusesStrays = false;

    /**
     * Puts rules before those that are there; among themselves names and classes come before wildcards.
     *
     * @param array<array-key, Given> $rules
     */
    public function add(array $rules): void
    {
        $exact = $wild = [];
        foreach ($rules as $of => $answer) {
            // PHP makes integers of names that look like some.
            $rule = [(string) $of, $answer];
            str_contains((string) $of, '*') ? $wild[] = $rule : $exact[] = $rule;
        }
        $this->rules = [...$exact, ...$wild, ...$this->rules];
    }

    public function refuseStrays(bool $refuse): void
    {
        $this->refusesStrays = $refuse;
    }

    /** @throws UnexpectedActionException where nothing was said of the action and strays are refused, or a sequence is at its end */
    public function of(SentAction $sent): Answer
    {
        foreach ($this->rules as [$of, $given]) {
            if (Matching::isOf($of, $sent)) {
                $answer = self::read($given, $sent);
                if ($answer !== null) {
                    return $answer;
                }
            }
        }
        if ($this->refusesStrays) {
            throw new UnexpectedActionException('No answer was given for the action ' . $sent->describe() . ', and stray actions are prevented.');
        }

        return Answer::success();
    }

    /** @param Given|null $given */
    private static function read(mixed $given, SentAction $sent): ?Answer
    {
        return match (true) {
            $given === null => null,
            $given instanceof \Closure => self::read($given($sent->action, $sent->serverKey), $sent),
            $given instanceof AnswerSequence => $given->next($sent->name),
            \is_array($given) => Answer::success($given),
            default => Answer::of($given),
        };
    }
}
