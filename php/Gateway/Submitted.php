<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/** What became of a submission. */
enum Submitted: string
{
    case Queued = 'queued';

    /** The same request is there already: waiting, claimed or answered. */
    case Known = 'known';

    /** Another request has this id. Nothing was queued. */
    case Conflict = 'conflict';

    /** As many wait as may. Nothing was queued. */
    case Full = 'full';

    /** Its deadline is over. Nothing was queued. */
    case Late = 'late';
}
