<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

/**
 * A service that knows for how long the oldest of what it has yet to hand on has waited: lost with a worker that is killed, it is
 * part of the gap that the next one tells ({@see HearsTakeover}). Of a service without this it is taken to be the time since which
 * it is busy whenever it is asked.
 */
interface HasBacklog extends Service
{
    /** Seconds; 0.0 where nothing waits. */
    public function backlogSeconds(): float;
}
