<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * The server cannot have carried the action out: the connection ended before all of it was written, or the server is of a
 * version that does not have it.
 */
class ActionSendFailedException extends ActionException {}
