<?php

declare(strict_types=1);

namespace Apn\AmiClient\Http;

/** When /readyz says yes. */
enum Readiness: string
{
    /** At least one server can be used: work that any of them can do gets done. */
    case Any = 'any';

    /** All servers can be used. One that is down for maintenance makes this process unready. */
    case All = 'all';
}
