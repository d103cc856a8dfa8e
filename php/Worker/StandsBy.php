<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

/**
 * A service that takes work in by itself, from a queue that several workers share, say, and must leave it to the others while its worker
 * is not the one at work ({@see Leadership}). Without a leadership none of this is called.
 *
 * It is polled while standing by, too: to hand on what it still has.
 */
interface StandsBy extends Service
{
    /** From now on nothing new is to be taken in; called before the first poll, and when the worker was replaced. */
    public function standBy(): void;

    /** The worker is the one at work now; its servers are connected by the ticks that follow. */
    public function takeOver(): void;
}
