<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\ConnectionLostException;

/**
 * The listener went away after it took the request, or Redis did and has forgotten it. Whether a server carried the action out is
 * not known; nothing sends it again.
 */
class OutcomeUnknownException extends ConnectionLostException {}
