<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * An asynchronous Originate was accepted, and its call did not come about: its OriginateResponse says `Response: Failure`.
 *
 * `response()` is what the server answered at first ("successfully queued").
 */
class OriginateFailedException extends ActionErrorResponseException
{
    private ?int $reason = null;

    private AmiEvent $result;

    /**
     * Why, as Asterisk has it: 0 no such extension, peer or technology, or not reachable; 1 hung up; 3 not answered in time;
     * 5 busy; 8 congestion. Null where the server gave no number.
     */
    public function reason(): ?int
    {
        return $this->reason;
    }

    /**
     * The OriginateResponse.
     *
     * @throws \Error where the exception was made from PHP and there is none
     */
    public function result(): AmiEvent
    {
        return $this->result;
    }
}
