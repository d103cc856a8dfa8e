<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * An application's own decision which events a listener gets.
 *
 * It is PHP that runs for each event; filters by header values, given as an array, are faster.
 */
interface EventFilter
{
    /**
     * Whether the listener gets the event. Where it throws, the listener does not, and the failure is logged and
     * counted.
     */
    public function accepts(AmiEvent $event): bool;
}
