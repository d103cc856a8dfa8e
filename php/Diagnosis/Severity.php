<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

/** How bad a finding is. */
enum Severity: string
{
    case Ok = 'ok';

    /** It works, and will hurt some day. */
    case Warning = 'warning';

    /** It does not work. */
    case Failure = 'failure';

    /** It could not be looked at; the message says why. */
    case Skipped = 'skipped';
}
