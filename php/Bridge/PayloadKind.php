<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bridge;

/**
 * What a payload tells. Events, and what is told in place of events that were not to be had: who counts all three can account for
 * everything.
 */
enum PayloadKind: string
{
    /** An event of a server. */
    case Event = 'event';

    /** A time in which events of a server were missed: there was no session. */
    case Gap = 'gap';

    /** Events of a server that came and could not be handed on: a buffer was full. */
    case Dropped = 'dropped';
}
