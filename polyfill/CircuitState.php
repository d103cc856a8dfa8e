<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** Whether attempts to connect are let through. The values are the names that logs and metrics use. */
enum CircuitState: string
{
    /** Attempts go through. */
    case Closed = 'closed';

    /** None goes through until `circuit_cooldown` is over. */
    case Open = 'open';

    /** A few probes go through, `circuit_half_open_max_probes`. */
    case HalfOpen = 'half_open';
}
